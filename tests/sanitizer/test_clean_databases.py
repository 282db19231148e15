"""On databases whose rules forget nothing, verify has nothing to say."""

from tests.sanitizer import everywhere
from tests.sanitizer.workbench import Workbench

pytestmark = everywhere

CLINIC = """
CREATE TYPE state AS ENUM ('planned', 'arrived', 'cancelled by patient');
CREATE TABLE doctors (id int PRIMARY KEY, name text, room text, speciality text);
CREATE TABLE drugs (name text PRIMARY KEY, atc text, price numeric);
CREATE TABLE patients (id int PRIMARY KEY, name text, born date, insured text UNIQUE, phone text, email text, street text, city text, country text, note text);
CREATE TABLE visits (id int PRIMARY KEY, patient int REFERENCES patients, doctor int REFERENCES doctors, at timestamptz, state state, code text, given jsonb, scan bytea);
COMMENT ON TABLE patients IS 'Whoever came once; insured: as printed on the card';
INSERT INTO doctors SELECT i, (ARRAY['Veronica', 'James', 'Marta', 'Emma'])[i % 4 + 1] || ' ' || (ARRAY['Lindqvist', 'Smith', 'Kowalczyk'])[i % 3 + 1], 'B-' || 200 + i, 'Paediatrics'
FROM generate_series(1, 12) i;
INSERT INTO drugs SELECT 'Ibuprofen ' || 100 * i, 'M01AE0' || i, 2.5 * i FROM generate_series(1, 9) i;
INSERT INTO patients SELECT i, (ARRAY['Veronica', 'James', 'Marta', 'Emma', 'Zofia'])[i % 5 + 1] || ' ' || chr(65 + i % 26) || 'yrkvist' || i, date '1950-01-01' + i * 31, 'K' || 100000000 + i,
    '+49 30 ' || 9018200 + i, 'someone' || i || '@posteo.example', 'Hauptstr. ' || i % 90, (ARRAY['Berlin', 'Potsdam', 'Bernau bei Berlin'])[i % 3 + 1],
    'Germany', 'takes Ibuprofen ' || 100 * (i % 9 + 1) || CASE i % 3 WHEN 0 THEN ', allergic to nuts' ELSE '' END FROM generate_series(1, 700) i;
INSERT INTO visits SELECT i, i % 700 + 1, i % 12 + 1, now() - i * interval '1 hour', (ARRAY['planned', 'arrived', 'cancelled by patient'])[i % 3 + 1]::state, 'J' || i % 90 || '.' || i % 9,
    jsonb_build_object('drug', 'Ibuprofen ' || 100 * (i % 9 + 1), 'dose', '1-0-1', 'by', 'Dr. Lindqvist ' || i, 'at', now()), decode(md5(i::text), 'hex') FROM generate_series(1, 2000) i;
CREATE MATERIALIZED VIEW load AS SELECT d.name, d.room, count(*) FROM visits v JOIN doctors d ON d.id = v.doctor GROUP BY d.name, d.room;
CREATE VIEW shown AS SELECT name, city FROM patients WHERE country = 'Germany';
ANALYZE;
"""
CLINIC_RULES = """  public.doctors: {id: keep, name: {name: de_DE}, room: keep, speciality: keep}
  public.drugs: {name: keep, atc: keep, price: keep}
  public.patients: {id: keep, name: {name: de_DE}, born: {shift: 30d}, insured: hash, phone: {phone: DE}, email: email, street: {street: de_DE},
    city: {city: de_DE}, country: keep, note: lorem}
  public.visits: {id: keep, patient: keep, doctor: keep, at: keep, state: keep, code: keep, given: {json: {$.by: {name: de_DE}, unlisted: keep}}, scan: set_null}"""

FORUM = """
CREATE SCHEMA app;
CREATE TABLE app.organisations (id int PRIMARY KEY, name text, plan text, domain text);
CREATE TABLE app.users (id uuid PRIMARY KEY, organisation int REFERENCES app.organisations, handle text UNIQUE, mail text UNIQUE, secret text, address inet, tags text[], bio text, locale text);
CREATE TABLE app.posts (id bigint PRIMARY KEY, author text REFERENCES app.users (handle) ON UPDATE CASCADE, slug text, body text, meta jsonb, at timestamptz) ;
CREATE TABLE app.events (id int, kind text, payload json) PARTITION BY RANGE (id);
CREATE TABLE app.events_1 PARTITION OF app.events FOR VALUES FROM (0) TO (500);
CREATE TABLE app.events_2 PARTITION OF app.events FOR VALUES FROM (500) TO (5000);
CREATE TABLE app.migrations (name text, digest text, done timestamptz DEFAULT now());
INSERT INTO app.organisations SELECT i, 'Tarn & Holm ' || i || ' AB', (ARRAY['free', 'team', 'enterprise'])[i % 3 + 1], 'tarn' || i || '.example' FROM generate_series(1, 30) i;
INSERT INTO app.users SELECT md5(i::text)::uuid, i % 30 + 1, 'ozren' || i, 'ozren' || i || '@tarn' || i % 30 + 1 || '.example', 'sk_live_' || md5(i::text), ('81.2.' || i % 250 || '.' || i % 99)::inet,
    ARRAY['gardening', 'handle-ozren' || i], 'I am ozren' || i || E'\\nand like "gardening" \\\\ rust', 'sv_SE' FROM generate_series(1, 900) i;
INSERT INTO app.posts SELECT i, 'ozren' || i % 900 + 1, 'how-to-tune-postgres-' || i, 'Thanks @ozren' || i % 77 + 1 || ', that works', jsonb_build_object('likes', i, 'flairs', ARRAY['help wanted', 'good first issue']), now()
FROM generate_series(1, 1500) i;
INSERT INTO app.events SELECT i, 'post.created', json_build_object('ip', '81.2.3.' || i % 200, 'agent', 'Mozilla/5.0 (X11; Linux x86_64)', 'actor', 'ozren' || i % 900 + 1) FROM generate_series(1, 1000) i;
INSERT INTO app.migrations SELECT '2026' || 10000000 + i || '_add_users', md5(i::text) FROM generate_series(1, 40) i;
CREATE FUNCTION app.slugged(t text) RETURNS text LANGUAGE sql AS 'SELECT lower(replace(t, '' '', ''-''))';
ANALYZE;
"""
FORUM_RULES = """  app.organisations: {id: keep, name: {company: en_GB}, plan: keep, domain: hash}
  app.users: {id: keep, organisation: keep, handle: hash, mail: email, secret: {fixed: "!"}, address: ip, tags: {each: hash}, bio: set_null, locale: keep}
  app.posts: {id: keep, author: follow, slug: keep, body: lorem, meta: keep, at: keep}
  app.events: {id: keep, kind: keep, payload: {json: {$.ip: set_null, $.agent: keep, $.actor: hash}}}
  app.migrations: {name: keep, digest: keep, done: keep}"""


def test_a_clinic_is_clean(bench: Workbench) -> None:
    """Names, free texts, documents of which parts are kept, binary values, a materialized view."""
    bench.sql(CLINIC)
    report = bench.mask(CLINIC_RULES).report
    assert report
    assert report["originals"] > 1000
    assert report["verified"]["kept columns"] > 6


def test_a_forum_is_clean(bench: Workbench) -> None:
    """Handles that are foreign keys, tokens, addresses, arrays, partitions with documents, digests that are kept."""
    bench.sql(FORUM)
    report = bench.mask(FORUM_RULES).report
    assert report
    assert report["originals"] > 1000
    assert report["verified"]["kept columns"] > 6
