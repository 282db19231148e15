-- A second database on the same server: the one that gets forgotten.
CREATE TABLE contacts (
    id    integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email text NOT NULL,
    note  text
);
INSERT INTO contacts (email, note)
SELECT 'contact' || n || '@supplier.example', 'met contact' || n || ' at the fair'
FROM generate_series(1, 2000) AS n;
ANALYZE;
