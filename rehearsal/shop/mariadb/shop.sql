-- The invented shop on MariaDB: nobody in it exists, and every value follows from the row's number, as on PostgreSQL.
-- The kinds of places where personal data hides are all here: keys, a trigger, JSON, a generated column, partitions, an event.
-- Compared by code points: an address within JSON is the same one as in a column, and is masked alike.
ALTER DATABASE CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE customers (
    id            bigint AUTO_INCREMENT PRIMARY KEY,
    email         varchar(254) NOT NULL UNIQUE,
    full_name     varchar(120) NOT NULL,
    phone         varchar(20),
    date_of_birth date,
    password_hash varchar(60) NOT NULL,
    vip           boolean NOT NULL DEFAULT false,
    created_at    datetime NOT NULL,
    changed_at    timestamp NOT NULL DEFAULT current_timestamp ON UPDATE current_timestamp,
    mail_domain   varchar(254) AS (substring_index(email, '@', -1)) STORED,
    KEY mail_domain (mail_domain)
) COMMENT 'One row a person';

INSERT INTO customers (email, full_name, phone, date_of_birth, password_hash, vip, created_at, changed_at)
SELECT concat(lower(concat(first, '.', last)), n, '@', elt(1 + n * 3 % 4, 'posteo.example', 'mail.example', 'orange.example', 'web.example')),
       concat(first, ' ', last),
       concat('+33 6 ', regexp_replace(10000000 + n * 7919 % 89999999, '(..)(..)(..)(..)', '\\1 \\2 \\3 \\4')),
       date '1940-01-01' + INTERVAL n * 37 % 22000 DAY,
       concat('$2b$12$', md5(concat('password', n))),
       n % 50 = 0,
       timestamp '2019-01-01 00:00:00' + INTERVAL n * 83 MINUTE,
       timestamp '2026-01-01 12:00:00'
FROM (SELECT seq AS n,
             elt(1 + seq * 7 % 12, 'Amina', 'Bruno', 'Chloe', 'Diego', 'Elena', 'Farid', 'Greta', 'Hugo', 'Ines', 'Jonas', 'Karim', 'Lea') AS first,
             elt(1 + seq DIV 5 % 13, 'Almeida', 'Bernard', 'Costa', 'Dubois', 'Ekberg', 'Fischer', 'Garnier', 'Haddad', 'Ivanov', 'Jansen',
                 'Keller', 'Lopez', 'Moreau') AS last
      FROM seq_1_to_20000) AS people;

CREATE TABLE addresses (
    id          bigint AUTO_INCREMENT PRIMARY KEY,
    customer_id bigint NOT NULL,
    street      varchar(120) NOT NULL,
    city        varchar(60) NOT NULL,
    postcode    char(5) NOT NULL,
    country     char(2) NOT NULL DEFAULT 'FR',
    FOREIGN KEY (customer_id) REFERENCES customers (id)
);

INSERT INTO addresses (customer_id, street, city, postcode)
SELECT seq, concat(1 + seq % 180, ' ', elt(1 + seq * 11 % 5, 'rue des Lilas', 'avenue Foch', 'quai de Seine', 'place du Marché', 'chemin Vert')),
       elt(1 + seq * 13 % 5, 'Paris', 'Lyon', 'Lille', 'Nantes', 'Rennes'), lpad(1000 + seq % 94000, 5, '0')
FROM seq_1_to_20000;

CREATE TABLE cards (
    id          bigint AUTO_INCREMENT PRIMARY KEY,
    customer_id bigint NOT NULL,
    holder      varchar(120) NOT NULL,
    number      varchar(19),
    expires_on  date NOT NULL,
    FOREIGN KEY (customer_id) REFERENCES customers (id)
);

INSERT INTO cards (customer_id, holder, number, expires_on)
SELECT id, full_name, concat('4000 00', regexp_replace(lpad(id * 7717 % 10000000000, 10, '0'), '(..)(....)(....)', '\\1 \\2 \\3')),
       date '2027-01-31' + INTERVAL id % 1500 DAY
FROM customers WHERE id % 2 = 0;

-- The customer's address again, as shops do it: joins on it must survive masking.
CREATE TABLE orders (
    id            bigint AUTO_INCREMENT,
    customer_id   bigint NOT NULL,
    contact_email varchar(254) NOT NULL,
    total_cents   bigint NOT NULL CHECK (total_cents >= 0),
    status        enum('paid', 'sent', 'returned') NOT NULL,
    ordered_at    datetime NOT NULL,
    PRIMARY KEY (id, ordered_at),
    KEY contact_email (contact_email)
) PARTITION BY RANGE COLUMNS (ordered_at) (
    PARTITION orders_2025 VALUES LESS THAN ('2026-01-01'),
    PARTITION orders_2026 VALUES LESS THAN ('2027-01-01')
);

INSERT INTO orders (customer_id, contact_email, total_cents, status, ordered_at)
SELECT c.id, c.email, 500 + seq * 389 % 90000, elt(1 + seq % 3, 'paid', 'sent', 'returned'), timestamp '2025-01-01 00:00:00' + INTERVAL seq * 17 MINUTE
FROM seq_1_to_60000 JOIN customers c ON c.id = 1 + seq * 31 % 20000;

CREATE TABLE newsletter (
    email         varchar(254) PRIMARY KEY,
    subscribed_at datetime NOT NULL,
    FOREIGN KEY (email) REFERENCES customers (email) ON UPDATE CASCADE
);

INSERT INTO newsletter SELECT email, created_at FROM customers WHERE id % 3 = 0;

CREATE TABLE messages (
    id          bigint AUTO_INCREMENT PRIMARY KEY,
    customer_id bigint NOT NULL,
    body        json NOT NULL,
    FOREIGN KEY (customer_id) REFERENCES customers (id)
);

INSERT INTO messages (customer_id, body)
SELECT id, json_object('channel', elt(1 + id % 2, 'mail', 'chat'), 'from', email,
                       'text', concat('Bonjour, ici ', full_name, ', rappelez-moi au ', phone, ' ou par ', email, '.'))
FROM customers WHERE id % 2 = 1;

CREATE TABLE sessions (
    token       char(32) PRIMARY KEY,
    customer_id bigint NOT NULL,
    ip          varchar(45) NOT NULL,
    FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE
);

INSERT INTO sessions SELECT md5(concat('session', id)), id, concat('10.', id % 200, '.', id % 250, '.7') FROM customers WHERE id % 4 = 0;

-- The audit trail keeps every old row: a plain UPDATE of customers would write the originals here.
CREATE TABLE customer_audit (
    id          bigint AUTO_INCREMENT PRIMARY KEY,
    customer_id bigint NOT NULL,
    old_row     json NOT NULL,
    changed_at  datetime NOT NULL DEFAULT current_timestamp
);

CREATE TRIGGER remember_customer AFTER UPDATE ON customers FOR EACH ROW
    INSERT INTO customer_audit (customer_id, old_row) VALUES (OLD.id, json_object('email', OLD.email, 'full_name', OLD.full_name, 'phone', OLD.phone));

UPDATE customers SET vip = true WHERE id % 10 = 0;

CREATE VIEW customer_overview AS
    SELECT c.id, c.email, c.full_name, a.city FROM customers c JOIN addresses a ON a.customer_id = c.id;

CREATE TABLE settings (name varchar(60) PRIMARY KEY, value varchar(254) NOT NULL);

INSERT INTO settings VALUES ('smtp_host', 'smtp.shop.example'), ('webhook_url', 'https://hooks.shop.example/orders');

-- What production does by itself, and a copy must not.
CREATE EVENT forget_sessions ON SCHEDULE EVERY 1 DAY DO DELETE FROM sessions WHERE token < '1';
