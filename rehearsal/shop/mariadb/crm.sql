-- A second database on the same server: the one that gets forgotten.
ALTER DATABASE CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE contacts (
    id    int AUTO_INCREMENT PRIMARY KEY,
    email varchar(254) NOT NULL,
    note  text
);

INSERT INTO contacts (email, note)
SELECT concat('contact', seq, '@supplier.example'), concat('met contact', seq, ' at the fair') FROM seq_1_to_2000;
