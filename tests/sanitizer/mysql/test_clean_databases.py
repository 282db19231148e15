"""On databases whose rules forget nothing, verify has nothing to say."""

from tests.sanitizer.mysql.workbench import MariaDbBench

CLINIC = """
CREATE TABLE doctors (id INT PRIMARY KEY, name VARCHAR(80), room VARCHAR(20), speciality VARCHAR(40));
CREATE TABLE drugs (name VARCHAR(80) PRIMARY KEY, atc VARCHAR(10), price DECIMAL(8, 2));
CREATE TABLE patients (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(80), born DATE, insured VARCHAR(40) UNIQUE, phone VARCHAR(40), email VARCHAR(80), street VARCHAR(80),
    city VARCHAR(80), country VARCHAR(40), note TEXT, FULLTEXT KEY (note)) COMMENT 'Whoever came once; insured: as printed on the card';
CREATE TABLE visits (id INT PRIMARY KEY, patient INT, doctor INT, at DATETIME, state ENUM ('planned', 'arrived', 'cancelled by patient'), code VARCHAR(10), given JSON, scan BLOB,
    CONSTRAINT of_patient FOREIGN KEY (patient) REFERENCES patients (id), CONSTRAINT of_doctor FOREIGN KEY (doctor) REFERENCES doctors (id), CHECK (code <> ''));
INSERT INTO doctors SELECT seq, CONCAT(ELT(seq % 4 + 1, 'Veronica', 'James', 'Marta', 'Emma'), ' ', ELT(seq % 3 + 1, 'Lindqvist', 'Smith', 'Kowalczyk')), CONCAT('B-', 200 + seq), 'Paediatrics'
FROM seq_1_to_12;
INSERT INTO drugs SELECT CONCAT('Ibuprofen ', 100 * seq), CONCAT('M01AE0', seq), 2.5 * seq FROM seq_1_to_9;
INSERT INTO patients SELECT seq, CONCAT(ELT(seq % 5 + 1, 'Veronica', 'James', 'Marta', 'Emma', 'Zofia'), ' ', CHAR(65 + seq % 26), 'yrkvist', seq), DATE '1950-01-01' + INTERVAL seq * 31 DAY,
    CONCAT('K', 100000000 + seq), CONCAT('+49 30 ', 9018200 + seq), CONCAT('krank', seq, '@posteo.example'), CONCAT('Hauptstr. ', seq % 90),
    ELT(seq % 3 + 1, 'Berlin', 'Potsdam', 'Bernau bei Berlin'), 'Germany', CONCAT('takes Ibuprofen ', 100 * (seq % 9 + 1), IF(seq % 3, '', ', allergic to nuts')) FROM seq_1_to_700;
INSERT INTO visits SELECT seq, seq % 700 + 1, seq % 12 + 1, NOW() - INTERVAL seq HOUR, seq % 3 + 1, CONCAT('J', seq % 90, '.', seq % 9),
    JSON_OBJECT('drug', CONCAT('Ibuprofen ', 100 * (seq % 9 + 1)), 'dose', '1-0-1', 'by', CONCAT('Dr. Lindqvist ', seq), 'at', NOW()), UNHEX(MD5(seq)) FROM seq_1_to_2000;
CREATE VIEW shown AS SELECT name, city FROM patients WHERE country = 'Germany';
CREATE TRIGGER arrived BEFORE INSERT ON visits FOR EACH ROW SET NEW.at = COALESCE(NEW.at, NOW());
ANALYZE TABLE doctors, drugs, patients, visits PERSISTENT FOR ALL
"""
CLINIC_RULES = """  doctors: {id: keep, name: {name: de_DE}, room: keep, speciality: keep}
  drugs: {name: keep, atc: keep, price: keep}
  patients: {id: keep, name: {name: de_DE}, born: {shift: 30d}, insured: hash, phone: {phone: DE}, email: email, street: {street: de_DE},
    city: {city: de_DE}, country: keep, note: lorem}
  visits: {id: keep, patient: keep, doctor: keep, at: keep, state: keep, code: keep, given: {json: {$.by: {name: de_DE}, unlisted: keep}}, scan: set_null}"""

FORUM = """
CREATE TABLE organisations (id INT PRIMARY KEY, name VARCHAR(80), plan VARCHAR(20), domain VARCHAR(80));
CREATE TABLE users (id UUID PRIMARY KEY, organisation INT, handle VARCHAR(60) CHARACTER SET latin1 UNIQUE, mail VARCHAR(80) UNIQUE, secret VARCHAR(80), address INET6, bio TEXT, locale CHAR(5),
    CONSTRAINT of_organisation FOREIGN KEY (organisation) REFERENCES organisations (id)) WITH SYSTEM VERSIONING;
CREATE TABLE posts (id BIGINT AUTO_INCREMENT PRIMARY KEY, author VARCHAR(60) CHARACTER SET latin1, slug VARCHAR(80), body TEXT, meta JSON, at DATETIME,
    words INT AS (LENGTH(body) - LENGTH(REPLACE(body, ' ', ''))) VIRTUAL, CONSTRAINT of_author FOREIGN KEY (author) REFERENCES users (handle));
CREATE TABLE events (id INT PRIMARY KEY, kind VARCHAR(40), payload JSON) PARTITION BY RANGE (id) (PARTITION first VALUES LESS THAN (500), PARTITION rest VALUES LESS THAN MAXVALUE);
CREATE TABLE migrations (name VARCHAR(80), digest CHAR(32), done DATETIME DEFAULT NOW()) ENGINE = MyISAM;
INSERT INTO organisations SELECT seq, CONCAT('Tarn & Holm ', seq, ' AB'), ELT(seq % 3 + 1, 'free', 'team', 'enterprise'), CONCAT('tarn', seq, '.example') FROM seq_1_to_30;
INSERT INTO users SELECT CONCAT('0b9f1f5e-1c2d-4c3b-8a7f-', LPAD(HEX(seq), 12, '0')), seq % 30 + 1, CONCAT('ozren', seq), CONCAT('ozren', seq, '@tarn', seq % 30 + 1, '.example'), CONCAT('sk_live_', MD5(seq)),
    CONCAT('::ffff:81.2.', seq % 250, '.', seq % 99), CONCAT('I am ozren', seq, '\\nand like "postgres" \\\\ rust'), 'sv_SE' FROM seq_1_to_900;
UPDATE users SET locale = 'nb_NO' WHERE organisation = 7;
INSERT INTO posts (id, author, slug, body, meta, at) SELECT seq, CONCAT('ozren', seq % 900 + 1), CONCAT('how-to-tune-postgres-', seq), CONCAT('Thanks @ozren', seq % 77 + 1, ', that works'),
    JSON_OBJECT('likes', seq, 'flairs', JSON_ARRAY('help wanted', 'good first issue')), NOW() FROM seq_1_to_1500;
INSERT INTO events SELECT seq, 'post.created', JSON_OBJECT('ip', CONCAT('81.2.3.', seq % 200), 'agent', 'Mozilla/5.0 (X11; Linux x86_64)', 'actor', CONCAT('ozren', seq % 900 + 1)) FROM seq_1_to_1000;
INSERT INTO migrations (name, digest) SELECT CONCAT('2026', 10000000 + seq, '_add_users'), MD5(seq) FROM seq_1_to_40;
CREATE FUNCTION slugged(t TEXT) RETURNS TEXT DETERMINISTIC RETURN LOWER(REPLACE(t, ' ', '-'));
CREATE EVENT forget ON SCHEDULE EVERY 1 YEAR DO DELETE FROM events WHERE id < 0
"""
FORUM_RULES = """  organisations: {id: keep, name: {company: en_GB}, plan: keep, domain: hash}
  users: {id: keep, organisation: keep, handle: hash, mail: email, secret: {fixed: "!"}, address: {fixed: "2001:db8::1"}, bio: set_null, locale: keep}
  posts: {id: keep, author: follow, slug: keep, body: lorem, meta: keep, at: keep, words: keep}
  events: {id: keep, kind: keep, payload: {json: {$.ip: set_null, $.agent: keep, $.actor: hash}}}
  migrations: {name: keep, digest: keep, done: keep}"""


def test_a_clinic_is_clean(bench: MariaDbBench) -> None:
    """Names, free texts with an index of their words, documents of which parts are kept, binary values, statistics of values."""
    bench.sql(CLINIC)
    report = bench.mask(CLINIC_RULES).report
    assert report
    assert report["originals"] > 1000
    assert report["verified"]["kept columns"] > 5


def test_a_forum_is_clean(bench: MariaDbBench) -> None:
    """Handles that are foreign keys, tokens, addresses, history, partitions with documents, another engine, digests that are kept."""
    bench.sql(FORUM)
    report = bench.mask(FORUM_RULES).report
    assert report
    assert report["originals"] > 1000
    assert report["verified"]["kept columns"] > 5
