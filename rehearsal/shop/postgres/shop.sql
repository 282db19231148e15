-- An invented shop: nobody in it exists. Deterministic: every value follows from the row's number.
-- Sized like a small real one (about 150,000 rows); the kinds of places where personal data hides are all here.

CREATE FUNCTION pick(n bigint, choices text[]) RETURNS text LANGUAGE sql IMMUTABLE
    AS $$ SELECT choices[1 + (n % cardinality(choices))] $$;

CREATE TABLE customers (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email         varchar(254) NOT NULL UNIQUE,
    full_name     text NOT NULL,
    phone         text,
    date_of_birth date,
    password_hash text NOT NULL,
    vip           boolean NOT NULL DEFAULT false,
    created_at    timestamptz NOT NULL
);
COMMENT ON TABLE customers IS 'One row a person';

INSERT INTO customers (email, full_name, phone, date_of_birth, password_hash, vip, created_at)
SELECT lower(first || '.' || last) || n || '@' || pick(n * 3, ARRAY['posteo.example', 'mail.example', 'orange.example', 'web.example']),
       first || ' ' || last,
       '+33 6 ' || to_char(10000000 + n * 7919 % 89999999, 'FM00 00 00 00'),
       date '1940-01-01' + (n * 37 % 22000)::int,
       '$2b$12$' || md5('password' || n),
       n % 50 = 0,
       timestamptz '2019-01-01 00:00+00' + n * interval '83 minutes'
FROM (SELECT n,
             pick(n * 7, ARRAY['Amina', 'Bruno', 'Chloe', 'Diego', 'Elena', 'Farid', 'Greta', 'Hugo', 'Ines', 'Jonas', 'Karim', 'Lea']) AS first,
             pick(n / 5, ARRAY['Almeida', 'Bernard', 'Costa', 'Dubois', 'Ekberg', 'Fischer', 'Garnier', 'Haddad', 'Ivanov', 'Jansen', 'Keller', 'Lopez', 'Moreau']) AS last
      FROM generate_series(1, 20000) AS n) AS people;

CREATE TABLE addresses (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id bigint NOT NULL REFERENCES customers,
    street      text NOT NULL,
    city        text NOT NULL,
    postcode    char(5) NOT NULL,
    country     char(2) NOT NULL DEFAULT 'FR'
);
INSERT INTO addresses (customer_id, street, city, postcode)
SELECT n, (1 + n % 180) || ' ' || pick(n * 11, ARRAY['rue des Lilas', 'avenue Foch', 'quai de Seine', 'place du Marché', 'chemin Vert']),
       pick(n * 13, ARRAY['Paris', 'Lyon', 'Lille', 'Nantes', 'Rennes']), to_char(1000 + n % 94000, 'FM00000')
FROM generate_series(1, 20000) AS n;

CREATE TABLE cards (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id bigint NOT NULL REFERENCES customers,
    holder      text NOT NULL,
    number      varchar(19),
    expires_on  date NOT NULL
);
INSERT INTO cards (customer_id, holder, number, expires_on)
SELECT id, full_name, '4000 00' || to_char(id * 6271 % 100, 'FM00') || to_char(id * 7717 % 100000000, 'FM 0000 0000'), date '2027-01-31' + (id % 1500)::int
FROM customers WHERE id % 2 = 0;

-- The customer's address again, as shops do it: joins on it must survive masking.
CREATE TABLE orders (
    id             bigint GENERATED ALWAYS AS IDENTITY,
    customer_id    bigint NOT NULL,
    contact_email  varchar(254) NOT NULL,
    total_cents    bigint NOT NULL CHECK (total_cents >= 0),
    status         text NOT NULL,
    ordered_at     timestamptz NOT NULL,
    PRIMARY KEY (id, ordered_at)
) PARTITION BY RANGE (ordered_at);
CREATE TABLE orders_2025 PARTITION OF orders FOR VALUES FROM ('2025-01-01 00:00+00') TO ('2026-01-01 00:00+00');
CREATE TABLE orders_2026 PARTITION OF orders FOR VALUES FROM ('2026-01-01 00:00+00') TO ('2027-01-01 00:00+00');
CREATE INDEX orders_contact_email ON orders (contact_email);
INSERT INTO orders (customer_id, contact_email, total_cents, status, ordered_at)
SELECT c.id, c.email, 500 + n * 389 % 90000, pick(n, ARRAY['paid', 'sent', 'returned']), timestamptz '2025-01-01 00:00+00' + n * interval '17 minutes'
FROM generate_series(1, 60000) AS n JOIN customers c ON c.id = 1 + n * 31 % 20000;

CREATE TABLE newsletter (
    email         varchar(254) PRIMARY KEY REFERENCES customers (email) ON UPDATE CASCADE,
    subscribed_at timestamptz NOT NULL
);
INSERT INTO newsletter SELECT email, created_at FROM customers WHERE id % 3 = 0;

CREATE TABLE messages (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id bigint NOT NULL REFERENCES customers,
    body        jsonb NOT NULL
);
INSERT INTO messages (customer_id, body)
SELECT id, jsonb_build_object('channel', pick(id, ARRAY['mail', 'chat']), 'from', email,
                              'text', 'Bonjour, ici ' || full_name || ', rappelez-moi au ' || phone || ' ou par ' || email || '.')
FROM customers WHERE id % 2 = 1;

CREATE TABLE sessions (
    token       uuid PRIMARY KEY,
    customer_id bigint NOT NULL REFERENCES customers ON DELETE CASCADE,
    ip          inet NOT NULL
);
INSERT INTO sessions SELECT md5('session' || id)::uuid, id, ('10.' || id % 200 || '.' || id % 250 || '.7')::inet FROM customers WHERE id % 4 = 0;

-- The audit trail keeps every old row: a plain UPDATE of customers would write the originals here.
CREATE TABLE customer_audit (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id bigint NOT NULL,
    old_row     jsonb NOT NULL,
    changed_at  timestamptz NOT NULL DEFAULT now()
);
CREATE FUNCTION remember_customer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO customer_audit (customer_id, old_row) VALUES (OLD.id, to_jsonb(OLD));
    RETURN NEW;
END $$;
CREATE TRIGGER remember_customer AFTER UPDATE ON customers FOR EACH ROW EXECUTE FUNCTION remember_customer();
UPDATE customers SET vip = true WHERE id % 10 = 0;

CREATE VIEW customer_overview AS
    SELECT c.id, c.email, c.full_name, a.city FROM customers c JOIN addresses a ON a.customer_id = c.id;
CREATE MATERIALIZED VIEW customer_totals AS
    SELECT contact_email, count(*) AS orders, sum(total_cents) AS total_cents FROM orders GROUP BY contact_email;
CREATE UNIQUE INDEX ON customer_totals (contact_email);

CREATE TABLE settings (key text PRIMARY KEY, value text NOT NULL);
INSERT INTO settings VALUES ('smtp_host', 'smtp.shop.example'), ('webhook_url', 'https://hooks.shop.example/orders');

ANALYZE;
