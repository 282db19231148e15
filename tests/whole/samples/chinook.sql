--
-- PostgreSQL database cluster dump
--

\restrict xVE1fhqtW4KiXCN4ihLtFoRTCE1UMKw1bdJCG06vztpfww4KM11FE6bf69E6H4k

SET default_transaction_read_only = off;

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;

--
-- Roles
--

CREATE ROLE chinook_admin;
ALTER ROLE chinook_admin WITH SUPERUSER INHERIT NOCREATEROLE NOCREATEDB LOGIN NOREPLICATION NOBYPASSRLS PASSWORD 'SCRAM-SHA-256$4096:ypjuRH1e0umkjCcRdRZNBA==$Ep3ePkp3//nzfPoqXwAxSKUNVHReMFCk8koYC5PmXm4=:LXhfb7LXb9p7btTX2ChFXptIftPcvZEv69qEGmL3/qo=';
CREATE ROLE chinook_owner;
ALTER ROLE chinook_owner WITH NOSUPERUSER INHERIT NOCREATEROLE NOCREATEDB NOLOGIN NOREPLICATION NOBYPASSRLS;
CREATE ROLE chinook_web;
ALTER ROLE chinook_web WITH NOSUPERUSER INHERIT NOCREATEROLE NOCREATEDB LOGIN NOREPLICATION NOBYPASSRLS PASSWORD 'SCRAM-SHA-256$4096:5M/4crWpcgx1ujLw4hatzA==$UfgkRiZdLBRXSXgiHw1Tes7ELYQ3GGH4/oq4bOIKLGQ=:mvRP0GMKbl+Ns2wD6moWo18ebuB5gwDRBPRqwgwO7mc=';
CREATE ROLE postgres;
ALTER ROLE postgres WITH SUPERUSER INHERIT CREATEROLE CREATEDB LOGIN REPLICATION BYPASSRLS;

--
-- User Configurations
--

--
-- User Config "chinook_web"
--

ALTER ROLE chinook_web SET search_path TO 'public';


--
-- Role memberships
--

GRANT chinook_owner TO chinook_web GRANTED BY postgres;






\unrestrict xVE1fhqtW4KiXCN4ihLtFoRTCE1UMKw1bdJCG06vztpfww4KM11FE6bf69E6H4k

--
-- Databases
--

--
-- Database "template1" dump
--

\connect template1

--
-- PostgreSQL database dump
--

\restrict GLecUpeD2Y8nNMavdQZtlSnCuNURzGYj8UDnpo4GrUqfStNc7VeHPWY0HWgSD2A

-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- PostgreSQL database dump complete
--

\unrestrict GLecUpeD2Y8nNMavdQZtlSnCuNURzGYj8UDnpo4GrUqfStNc7VeHPWY0HWgSD2A

--
-- Database "chinook" dump
--

--
-- PostgreSQL database dump
--

\restrict UcHqVDqyJuJ21hSELkLY8bxVldF010V8haaYXbyDnbyBJ6MdiMruCQ57o63Q1QB

-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: chinook; Type: DATABASE; Schema: -; Owner: chinook_owner
--

CREATE DATABASE chinook WITH TEMPLATE = template0 ENCODING = 'UTF8' LOCALE_PROVIDER = libc LOCALE = 'C.UTF-8';


ALTER DATABASE chinook OWNER TO chinook_owner;

\unrestrict UcHqVDqyJuJ21hSELkLY8bxVldF010V8haaYXbyDnbyBJ6MdiMruCQ57o63Q1QB
\connect chinook
\restrict UcHqVDqyJuJ21hSELkLY8bxVldF010V8haaYXbyDnbyBJ6MdiMruCQ57o63Q1QB

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: DATABASE chinook; Type: COMMENT; Schema: -; Owner: chinook_owner
--

COMMENT ON DATABASE chinook IS 'the music shop';


SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: album; Type: TABLE; Schema: public; Owner: chinook_owner
--

CREATE TABLE public.album (
    album_id integer NOT NULL,
    title character varying(160) NOT NULL,
    artist_id integer NOT NULL
);


ALTER TABLE public.album OWNER TO chinook_owner;

--
-- Name: artist; Type: TABLE; Schema: public; Owner: chinook_owner
--

CREATE TABLE public.artist (
    artist_id integer NOT NULL,
    name character varying(120)
);


ALTER TABLE public.artist OWNER TO chinook_owner;

--
-- Name: customer; Type: TABLE; Schema: public; Owner: chinook_owner
--

CREATE TABLE public.customer (
    customer_id integer NOT NULL,
    first_name character varying(40) NOT NULL,
    last_name character varying(40) NOT NULL,
    company character varying(80),
    address character varying(70),
    city character varying(40),
    state character varying(40),
    country character varying(40),
    postal_code character varying(10),
    phone character varying(24),
    fax character varying(24),
    email character varying(60) NOT NULL,
    support_rep_id integer
);


ALTER TABLE public.customer OWNER TO chinook_owner;

--
-- Name: employee; Type: TABLE; Schema: public; Owner: chinook_owner
--

CREATE TABLE public.employee (
    employee_id integer NOT NULL,
    last_name character varying(40) NOT NULL,
    first_name character varying(40) NOT NULL,
    title character varying(30),
    reports_to integer,
    birth_date timestamp without time zone,
    hire_date timestamp without time zone,
    address character varying(70),
    city character varying(40),
    state character varying(40),
    country character varying(40),
    postal_code character varying(10),
    phone character varying(24),
    fax character varying(24),
    email character varying(60)
);


ALTER TABLE public.employee OWNER TO chinook_owner;

--
-- Name: genre; Type: TABLE; Schema: public; Owner: chinook_owner
--

CREATE TABLE public.genre (
    genre_id integer NOT NULL,
    name character varying(120)
);


ALTER TABLE public.genre OWNER TO chinook_owner;

--
-- Name: invoice; Type: TABLE; Schema: public; Owner: chinook_owner
--

CREATE TABLE public.invoice (
    invoice_id integer NOT NULL,
    customer_id integer NOT NULL,
    invoice_date timestamp without time zone NOT NULL,
    billing_address character varying(70),
    billing_city character varying(40),
    billing_country character varying(40),
    billing_postal_code character varying(10),
    total numeric(10,2) NOT NULL
);


ALTER TABLE public.invoice OWNER TO chinook_owner;

--
-- Name: invoice_line; Type: TABLE; Schema: public; Owner: chinook_owner
--

CREATE TABLE public.invoice_line (
    invoice_line_id integer NOT NULL,
    invoice_id integer NOT NULL,
    track_id integer NOT NULL,
    unit_price numeric(10,2) NOT NULL,
    quantity integer NOT NULL
);


ALTER TABLE public.invoice_line OWNER TO chinook_owner;

--
-- Name: media_type; Type: TABLE; Schema: public; Owner: chinook_owner
--

CREATE TABLE public.media_type (
    media_type_id integer NOT NULL,
    name character varying(120)
);


ALTER TABLE public.media_type OWNER TO chinook_owner;

--
-- Name: playlist; Type: TABLE; Schema: public; Owner: chinook_owner
--

CREATE TABLE public.playlist (
    playlist_id integer NOT NULL,
    name character varying(120)
);


ALTER TABLE public.playlist OWNER TO chinook_owner;

--
-- Name: playlist_track; Type: TABLE; Schema: public; Owner: chinook_owner
--

CREATE TABLE public.playlist_track (
    playlist_id integer NOT NULL,
    track_id integer NOT NULL
);


ALTER TABLE public.playlist_track OWNER TO chinook_owner;

--
-- Name: track; Type: TABLE; Schema: public; Owner: chinook_owner
--

CREATE TABLE public.track (
    track_id integer NOT NULL,
    name character varying(200) NOT NULL,
    album_id integer,
    media_type_id integer NOT NULL,
    genre_id integer,
    composer character varying(220),
    milliseconds integer NOT NULL,
    bytes integer,
    unit_price numeric(10,2) NOT NULL
);


ALTER TABLE public.track OWNER TO chinook_owner;

--
-- Data for Name: album; Type: TABLE DATA; Schema: public; Owner: chinook_owner
--

COPY public.album (album_id, title, artist_id) FROM stdin;
1	Album 1	2
2	Album 2	3
3	Album 3	4
4	Album 4	5
5	Album 5	6
6	Album 6	7
7	Album 7	8
8	Album 8	9
9	Album 9	10
10	Album 10	11
11	Album 11	12
12	Album 12	13
13	Album 13	14
14	Album 14	15
15	Album 15	16
16	Album 16	17
17	Album 17	18
18	Album 18	19
19	Album 19	20
20	Album 20	1
21	Album 21	2
22	Album 22	3
23	Album 23	4
24	Album 24	5
25	Album 25	6
26	Album 26	7
27	Album 27	8
28	Album 28	9
29	Album 29	10
30	Album 30	11
\.


--
-- Data for Name: artist; Type: TABLE DATA; Schema: public; Owner: chinook_owner
--

COPY public.artist (artist_id, name) FROM stdin;
1	Band 1
2	Band 2
3	Band 3
4	Band 4
5	Band 5
6	Band 6
7	Band 7
8	Band 8
9	Band 9
10	Band 10
11	Band 11
12	Band 12
13	Band 13
14	Band 14
15	Band 15
16	Band 16
17	Band 17
18	Band 18
19	Band 19
20	Band 20
\.


--
-- Data for Name: customer; Type: TABLE DATA; Schema: public; Owner: chinook_owner
--

COPY public.customer (customer_id, first_name, last_name, company, address, city, state, country, postal_code, phone, fax, email, support_rep_id) FROM stdin;
1	Evaristo1	Bellweather1	\N	1 Starling Court	Porto	\N	Portugal	4000-1	+351 22 200 0097	\N	evaristo1.bellweather@inbox.example	2
2	Evaristo2	Bellweather2	\N	2 Starling Court	Porto	\N	Portugal	4000-2	+351 22 200 0194	\N	evaristo2.bellweather@inbox.example	3
3	Evaristo3	Bellweather3	\N	3 Starling Court	Porto	\N	Portugal	4000-3	+351 22 200 0291	\N	evaristo3.bellweather@inbox.example	4
4	Evaristo4	Bellweather4	\N	4 Starling Court	Porto	\N	Portugal	4000-4	+351 22 200 0388	\N	evaristo4.bellweather@inbox.example	5
5	Evaristo5	Bellweather5	\N	5 Starling Court	Porto	\N	Portugal	4000-5	+351 22 200 0485	\N	evaristo5.bellweather@inbox.example	6
6	Evaristo6	Bellweather6	\N	6 Starling Court	Porto	\N	Portugal	4000-6	+351 22 200 0582	\N	evaristo6.bellweather@inbox.example	7
7	Evaristo7	Bellweather7	\N	7 Starling Court	Porto	\N	Portugal	4000-7	+351 22 200 0679	\N	evaristo7.bellweather@inbox.example	8
8	Evaristo8	Bellweather8	\N	8 Starling Court	Porto	\N	Portugal	4000-8	+351 22 200 0776	\N	evaristo8.bellweather@inbox.example	1
9	Evaristo9	Bellweather9	\N	9 Starling Court	Porto	\N	Portugal	4000-9	+351 22 200 0873	\N	evaristo9.bellweather@inbox.example	2
10	Evaristo10	Bellweather10	\N	10 Starling Court	Porto	\N	Portugal	4000-10	+351 22 200 0970	\N	evaristo10.bellweather@inbox.example	3
11	Evaristo11	Bellweather11	\N	11 Starling Court	Porto	\N	Portugal	4000-11	+351 22 200 1067	\N	evaristo11.bellweather@inbox.example	4
12	Evaristo12	Bellweather12	\N	12 Starling Court	Porto	\N	Portugal	4000-12	+351 22 200 1164	\N	evaristo12.bellweather@inbox.example	5
13	Evaristo13	Bellweather13	\N	13 Starling Court	Porto	\N	Portugal	4000-13	+351 22 200 1261	\N	evaristo13.bellweather@inbox.example	6
14	Evaristo14	Bellweather14	\N	14 Starling Court	Porto	\N	Portugal	4000-14	+351 22 200 1358	\N	evaristo14.bellweather@inbox.example	7
15	Evaristo15	Bellweather15	\N	15 Starling Court	Porto	\N	Portugal	4000-15	+351 22 200 1455	\N	evaristo15.bellweather@inbox.example	8
16	Evaristo16	Bellweather16	\N	16 Starling Court	Porto	\N	Portugal	4000-16	+351 22 200 1552	\N	evaristo16.bellweather@inbox.example	1
17	Evaristo17	Bellweather17	\N	17 Starling Court	Porto	\N	Portugal	4000-17	+351 22 200 1649	\N	evaristo17.bellweather@inbox.example	2
18	Evaristo18	Bellweather18	\N	18 Starling Court	Porto	\N	Portugal	4000-18	+351 22 200 1746	\N	evaristo18.bellweather@inbox.example	3
19	Evaristo19	Bellweather19	\N	19 Starling Court	Porto	\N	Portugal	4000-19	+351 22 200 1843	\N	evaristo19.bellweather@inbox.example	4
20	Evaristo20	Bellweather20	\N	20 Starling Court	Porto	\N	Portugal	4000-20	+351 22 200 1940	\N	evaristo20.bellweather@inbox.example	5
21	Evaristo21	Bellweather21	\N	21 Starling Court	Porto	\N	Portugal	4000-21	+351 22 200 2037	\N	evaristo21.bellweather@inbox.example	6
22	Evaristo22	Bellweather22	\N	22 Starling Court	Porto	\N	Portugal	4000-22	+351 22 200 2134	\N	evaristo22.bellweather@inbox.example	7
23	Evaristo23	Bellweather23	\N	23 Starling Court	Porto	\N	Portugal	4000-23	+351 22 200 2231	\N	evaristo23.bellweather@inbox.example	8
24	Evaristo24	Bellweather24	\N	24 Starling Court	Porto	\N	Portugal	4000-24	+351 22 200 2328	\N	evaristo24.bellweather@inbox.example	1
25	Evaristo25	Bellweather25	\N	25 Starling Court	Porto	\N	Portugal	4000-25	+351 22 200 2425	\N	evaristo25.bellweather@inbox.example	2
26	Evaristo26	Bellweather26	\N	26 Starling Court	Porto	\N	Portugal	4000-26	+351 22 200 2522	\N	evaristo26.bellweather@inbox.example	3
27	Evaristo27	Bellweather27	\N	27 Starling Court	Porto	\N	Portugal	4000-27	+351 22 200 2619	\N	evaristo27.bellweather@inbox.example	4
28	Evaristo28	Bellweather28	\N	28 Starling Court	Porto	\N	Portugal	4000-28	+351 22 200 2716	\N	evaristo28.bellweather@inbox.example	5
29	Evaristo29	Bellweather29	\N	29 Starling Court	Porto	\N	Portugal	4000-29	+351 22 200 2813	\N	evaristo29.bellweather@inbox.example	6
30	Evaristo30	Bellweather30	\N	30 Starling Court	Porto	\N	Portugal	4000-30	+351 22 200 2910	\N	evaristo30.bellweather@inbox.example	7
31	Evaristo31	Bellweather31	\N	31 Starling Court	Porto	\N	Portugal	4000-31	+351 22 200 3007	\N	evaristo31.bellweather@inbox.example	8
32	Evaristo32	Bellweather32	\N	32 Starling Court	Porto	\N	Portugal	4000-32	+351 22 200 3104	\N	evaristo32.bellweather@inbox.example	1
33	Evaristo33	Bellweather33	\N	33 Starling Court	Porto	\N	Portugal	4000-33	+351 22 200 3201	\N	evaristo33.bellweather@inbox.example	2
34	Evaristo34	Bellweather34	\N	34 Starling Court	Porto	\N	Portugal	4000-34	+351 22 200 3298	\N	evaristo34.bellweather@inbox.example	3
35	Evaristo35	Bellweather35	\N	35 Starling Court	Porto	\N	Portugal	4000-35	+351 22 200 3395	\N	evaristo35.bellweather@inbox.example	4
36	Evaristo36	Bellweather36	\N	36 Starling Court	Porto	\N	Portugal	4000-36	+351 22 200 3492	\N	evaristo36.bellweather@inbox.example	5
37	Evaristo37	Bellweather37	\N	37 Starling Court	Porto	\N	Portugal	4000-37	+351 22 200 3589	\N	evaristo37.bellweather@inbox.example	6
38	Evaristo38	Bellweather38	\N	38 Starling Court	Porto	\N	Portugal	4000-38	+351 22 200 3686	\N	evaristo38.bellweather@inbox.example	7
39	Evaristo39	Bellweather39	\N	39 Starling Court	Porto	\N	Portugal	4000-39	+351 22 200 3783	\N	evaristo39.bellweather@inbox.example	8
40	Evaristo40	Bellweather40	\N	40 Starling Court	Porto	\N	Portugal	4000-40	+351 22 200 3880	\N	evaristo40.bellweather@inbox.example	1
41	Evaristo41	Bellweather41	\N	41 Starling Court	Porto	\N	Portugal	4000-41	+351 22 200 3977	\N	evaristo41.bellweather@inbox.example	2
42	Evaristo42	Bellweather42	\N	42 Starling Court	Porto	\N	Portugal	4000-42	+351 22 200 4074	\N	evaristo42.bellweather@inbox.example	3
43	Evaristo43	Bellweather43	\N	43 Starling Court	Porto	\N	Portugal	4000-43	+351 22 200 4171	\N	evaristo43.bellweather@inbox.example	4
44	Evaristo44	Bellweather44	\N	44 Starling Court	Porto	\N	Portugal	4000-44	+351 22 200 4268	\N	evaristo44.bellweather@inbox.example	5
45	Evaristo45	Bellweather45	\N	45 Starling Court	Porto	\N	Portugal	4000-45	+351 22 200 4365	\N	evaristo45.bellweather@inbox.example	6
46	Evaristo46	Bellweather46	\N	46 Starling Court	Porto	\N	Portugal	4000-46	+351 22 200 4462	\N	evaristo46.bellweather@inbox.example	7
47	Evaristo47	Bellweather47	\N	47 Starling Court	Porto	\N	Portugal	4000-47	+351 22 200 4559	\N	evaristo47.bellweather@inbox.example	8
48	Evaristo48	Bellweather48	\N	48 Starling Court	Porto	\N	Portugal	4000-48	+351 22 200 4656	\N	evaristo48.bellweather@inbox.example	1
49	Evaristo49	Bellweather49	\N	49 Starling Court	Porto	\N	Portugal	4000-49	+351 22 200 4753	\N	evaristo49.bellweather@inbox.example	2
50	Evaristo50	Bellweather50	\N	50 Starling Court	Porto	\N	Portugal	4000-50	+351 22 200 4850	\N	evaristo50.bellweather@inbox.example	3
51	Evaristo51	Bellweather51	\N	51 Starling Court	Porto	\N	Portugal	4000-51	+351 22 200 4947	\N	evaristo51.bellweather@inbox.example	4
52	Evaristo52	Bellweather52	\N	52 Starling Court	Porto	\N	Portugal	4000-52	+351 22 200 5044	\N	evaristo52.bellweather@inbox.example	5
53	Evaristo53	Bellweather53	\N	53 Starling Court	Porto	\N	Portugal	4000-53	+351 22 200 5141	\N	evaristo53.bellweather@inbox.example	6
54	Evaristo54	Bellweather54	\N	54 Starling Court	Porto	\N	Portugal	4000-54	+351 22 200 5238	\N	evaristo54.bellweather@inbox.example	7
55	Evaristo55	Bellweather55	\N	55 Starling Court	Porto	\N	Portugal	4000-55	+351 22 200 5335	\N	evaristo55.bellweather@inbox.example	8
56	Evaristo56	Bellweather56	\N	56 Starling Court	Porto	\N	Portugal	4000-56	+351 22 200 5432	\N	evaristo56.bellweather@inbox.example	1
57	Evaristo57	Bellweather57	\N	57 Starling Court	Porto	\N	Portugal	4000-57	+351 22 200 5529	\N	evaristo57.bellweather@inbox.example	2
58	Evaristo58	Bellweather58	\N	58 Starling Court	Porto	\N	Portugal	4000-58	+351 22 200 5626	\N	evaristo58.bellweather@inbox.example	3
59	Evaristo59	Bellweather59	\N	59 Starling Court	Porto	\N	Portugal	4000-59	+351 22 200 5723	\N	evaristo59.bellweather@inbox.example	4
\.


--
-- Data for Name: employee; Type: TABLE DATA; Schema: public; Owner: chinook_owner
--

COPY public.employee (employee_id, last_name, first_name, title, reports_to, birth_date, hire_date, address, city, state, country, postal_code, phone, fax, email) FROM stdin;
1	Applegarth1	Leopoldine1	Agent	\N	1970-11-30 00:00:00	2002-01-01 00:00:00	1 Moonbeam Avenue	Lyon	\N	France	69001	+33 4 78 10 00 11	\N	leopoldine1@chinook.example
2	Applegarth2	Leopoldine2	Agent	1	1971-09-26 00:00:00	2002-01-01 00:00:00	2 Moonbeam Avenue	Lyon	\N	France	69001	+33 4 78 10 00 22	\N	leopoldine2@chinook.example
3	Applegarth3	Leopoldine3	Agent	1	1972-07-22 00:00:00	2002-01-01 00:00:00	3 Moonbeam Avenue	Lyon	\N	France	69001	+33 4 78 10 00 33	\N	leopoldine3@chinook.example
4	Applegarth4	Leopoldine4	Agent	2	1973-05-18 00:00:00	2002-01-01 00:00:00	4 Moonbeam Avenue	Lyon	\N	France	69001	+33 4 78 10 00 44	\N	leopoldine4@chinook.example
5	Applegarth5	Leopoldine5	Agent	2	1974-03-14 00:00:00	2002-01-01 00:00:00	5 Moonbeam Avenue	Lyon	\N	France	69001	+33 4 78 10 00 55	\N	leopoldine5@chinook.example
6	Applegarth6	Leopoldine6	Agent	3	1975-01-08 00:00:00	2002-01-01 00:00:00	6 Moonbeam Avenue	Lyon	\N	France	69001	+33 4 78 10 00 66	\N	leopoldine6@chinook.example
7	Applegarth7	Leopoldine7	Agent	3	1975-11-04 00:00:00	2002-01-01 00:00:00	7 Moonbeam Avenue	Lyon	\N	France	69001	+33 4 78 10 00 77	\N	leopoldine7@chinook.example
8	Applegarth8	Leopoldine8	Agent	4	1976-08-30 00:00:00	2002-01-01 00:00:00	8 Moonbeam Avenue	Lyon	\N	France	69001	+33 4 78 10 00 88	\N	leopoldine8@chinook.example
\.


--
-- Data for Name: genre; Type: TABLE DATA; Schema: public; Owner: chinook_owner
--

COPY public.genre (genre_id, name) FROM stdin;
1	Rock
\.


--
-- Data for Name: invoice; Type: TABLE DATA; Schema: public; Owner: chinook_owner
--

COPY public.invoice (invoice_id, customer_id, invoice_date, billing_address, billing_city, billing_country, billing_postal_code, total) FROM stdin;
1	2	2021-01-02 00:00:00	2 Starling Court	Porto	Portugal	\N	1.00
2	3	2021-01-03 00:00:00	3 Starling Court	Porto	Portugal	\N	2.00
3	4	2021-01-04 00:00:00	4 Starling Court	Porto	Portugal	\N	3.00
4	5	2021-01-05 00:00:00	5 Starling Court	Porto	Portugal	\N	4.00
5	6	2021-01-06 00:00:00	6 Starling Court	Porto	Portugal	\N	5.00
6	7	2021-01-07 00:00:00	7 Starling Court	Porto	Portugal	\N	6.00
7	8	2021-01-08 00:00:00	8 Starling Court	Porto	Portugal	\N	7.00
8	9	2021-01-09 00:00:00	9 Starling Court	Porto	Portugal	\N	8.00
9	10	2021-01-10 00:00:00	10 Starling Court	Porto	Portugal	\N	9.00
10	11	2021-01-11 00:00:00	11 Starling Court	Porto	Portugal	\N	0.00
11	12	2021-01-12 00:00:00	12 Starling Court	Porto	Portugal	\N	1.00
12	13	2021-01-13 00:00:00	13 Starling Court	Porto	Portugal	\N	2.00
13	14	2021-01-14 00:00:00	14 Starling Court	Porto	Portugal	\N	3.00
14	15	2021-01-15 00:00:00	15 Starling Court	Porto	Portugal	\N	4.00
15	16	2021-01-16 00:00:00	16 Starling Court	Porto	Portugal	\N	5.00
16	17	2021-01-17 00:00:00	17 Starling Court	Porto	Portugal	\N	6.00
17	18	2021-01-18 00:00:00	18 Starling Court	Porto	Portugal	\N	7.00
18	19	2021-01-19 00:00:00	19 Starling Court	Porto	Portugal	\N	8.00
19	20	2021-01-20 00:00:00	20 Starling Court	Porto	Portugal	\N	9.00
20	21	2021-01-21 00:00:00	21 Starling Court	Porto	Portugal	\N	0.00
21	22	2021-01-22 00:00:00	22 Starling Court	Porto	Portugal	\N	1.00
22	23	2021-01-23 00:00:00	23 Starling Court	Porto	Portugal	\N	2.00
23	24	2021-01-24 00:00:00	24 Starling Court	Porto	Portugal	\N	3.00
24	25	2021-01-25 00:00:00	25 Starling Court	Porto	Portugal	\N	4.00
25	26	2021-01-26 00:00:00	26 Starling Court	Porto	Portugal	\N	5.00
26	27	2021-01-27 00:00:00	27 Starling Court	Porto	Portugal	\N	6.00
27	28	2021-01-28 00:00:00	28 Starling Court	Porto	Portugal	\N	7.00
28	29	2021-01-29 00:00:00	29 Starling Court	Porto	Portugal	\N	8.00
29	30	2021-01-30 00:00:00	30 Starling Court	Porto	Portugal	\N	9.00
30	31	2021-01-31 00:00:00	31 Starling Court	Porto	Portugal	\N	0.00
31	32	2021-02-01 00:00:00	32 Starling Court	Porto	Portugal	\N	1.00
32	33	2021-02-02 00:00:00	33 Starling Court	Porto	Portugal	\N	2.00
33	34	2021-02-03 00:00:00	34 Starling Court	Porto	Portugal	\N	3.00
34	35	2021-02-04 00:00:00	35 Starling Court	Porto	Portugal	\N	4.00
35	36	2021-02-05 00:00:00	36 Starling Court	Porto	Portugal	\N	5.00
36	37	2021-02-06 00:00:00	37 Starling Court	Porto	Portugal	\N	6.00
37	38	2021-02-07 00:00:00	38 Starling Court	Porto	Portugal	\N	7.00
38	39	2021-02-08 00:00:00	39 Starling Court	Porto	Portugal	\N	8.00
39	40	2021-02-09 00:00:00	40 Starling Court	Porto	Portugal	\N	9.00
40	41	2021-02-10 00:00:00	41 Starling Court	Porto	Portugal	\N	0.00
41	42	2021-02-11 00:00:00	42 Starling Court	Porto	Portugal	\N	1.00
42	43	2021-02-12 00:00:00	43 Starling Court	Porto	Portugal	\N	2.00
43	44	2021-02-13 00:00:00	44 Starling Court	Porto	Portugal	\N	3.00
44	45	2021-02-14 00:00:00	45 Starling Court	Porto	Portugal	\N	4.00
45	46	2021-02-15 00:00:00	46 Starling Court	Porto	Portugal	\N	5.00
46	47	2021-02-16 00:00:00	47 Starling Court	Porto	Portugal	\N	6.00
47	48	2021-02-17 00:00:00	48 Starling Court	Porto	Portugal	\N	7.00
48	49	2021-02-18 00:00:00	49 Starling Court	Porto	Portugal	\N	8.00
49	50	2021-02-19 00:00:00	50 Starling Court	Porto	Portugal	\N	9.00
50	51	2021-02-20 00:00:00	51 Starling Court	Porto	Portugal	\N	0.00
51	52	2021-02-21 00:00:00	52 Starling Court	Porto	Portugal	\N	1.00
52	53	2021-02-22 00:00:00	53 Starling Court	Porto	Portugal	\N	2.00
53	54	2021-02-23 00:00:00	54 Starling Court	Porto	Portugal	\N	3.00
54	55	2021-02-24 00:00:00	55 Starling Court	Porto	Portugal	\N	4.00
55	56	2021-02-25 00:00:00	56 Starling Court	Porto	Portugal	\N	5.00
56	57	2021-02-26 00:00:00	57 Starling Court	Porto	Portugal	\N	6.00
57	58	2021-02-27 00:00:00	58 Starling Court	Porto	Portugal	\N	7.00
58	59	2021-02-28 00:00:00	59 Starling Court	Porto	Portugal	\N	8.00
59	1	2021-03-01 00:00:00	1 Starling Court	Porto	Portugal	\N	9.00
60	2	2021-03-02 00:00:00	2 Starling Court	Porto	Portugal	\N	0.00
61	3	2021-03-03 00:00:00	3 Starling Court	Porto	Portugal	\N	1.00
62	4	2021-03-04 00:00:00	4 Starling Court	Porto	Portugal	\N	2.00
63	5	2021-03-05 00:00:00	5 Starling Court	Porto	Portugal	\N	3.00
64	6	2021-03-06 00:00:00	6 Starling Court	Porto	Portugal	\N	4.00
65	7	2021-03-07 00:00:00	7 Starling Court	Porto	Portugal	\N	5.00
66	8	2021-03-08 00:00:00	8 Starling Court	Porto	Portugal	\N	6.00
67	9	2021-03-09 00:00:00	9 Starling Court	Porto	Portugal	\N	7.00
68	10	2021-03-10 00:00:00	10 Starling Court	Porto	Portugal	\N	8.00
69	11	2021-03-11 00:00:00	11 Starling Court	Porto	Portugal	\N	9.00
70	12	2021-03-12 00:00:00	12 Starling Court	Porto	Portugal	\N	0.00
71	13	2021-03-13 00:00:00	13 Starling Court	Porto	Portugal	\N	1.00
72	14	2021-03-14 00:00:00	14 Starling Court	Porto	Portugal	\N	2.00
73	15	2021-03-15 00:00:00	15 Starling Court	Porto	Portugal	\N	3.00
74	16	2021-03-16 00:00:00	16 Starling Court	Porto	Portugal	\N	4.00
75	17	2021-03-17 00:00:00	17 Starling Court	Porto	Portugal	\N	5.00
76	18	2021-03-18 00:00:00	18 Starling Court	Porto	Portugal	\N	6.00
77	19	2021-03-19 00:00:00	19 Starling Court	Porto	Portugal	\N	7.00
78	20	2021-03-20 00:00:00	20 Starling Court	Porto	Portugal	\N	8.00
79	21	2021-03-21 00:00:00	21 Starling Court	Porto	Portugal	\N	9.00
80	22	2021-03-22 00:00:00	22 Starling Court	Porto	Portugal	\N	0.00
81	23	2021-03-23 00:00:00	23 Starling Court	Porto	Portugal	\N	1.00
82	24	2021-03-24 00:00:00	24 Starling Court	Porto	Portugal	\N	2.00
83	25	2021-03-25 00:00:00	25 Starling Court	Porto	Portugal	\N	3.00
84	26	2021-03-26 00:00:00	26 Starling Court	Porto	Portugal	\N	4.00
85	27	2021-03-27 00:00:00	27 Starling Court	Porto	Portugal	\N	5.00
86	28	2021-03-28 00:00:00	28 Starling Court	Porto	Portugal	\N	6.00
87	29	2021-03-29 00:00:00	29 Starling Court	Porto	Portugal	\N	7.00
88	30	2021-03-30 00:00:00	30 Starling Court	Porto	Portugal	\N	8.00
89	31	2021-03-31 00:00:00	31 Starling Court	Porto	Portugal	\N	9.00
90	32	2021-04-01 00:00:00	32 Starling Court	Porto	Portugal	\N	0.00
91	33	2021-04-02 00:00:00	33 Starling Court	Porto	Portugal	\N	1.00
92	34	2021-04-03 00:00:00	34 Starling Court	Porto	Portugal	\N	2.00
93	35	2021-04-04 00:00:00	35 Starling Court	Porto	Portugal	\N	3.00
94	36	2021-04-05 00:00:00	36 Starling Court	Porto	Portugal	\N	4.00
95	37	2021-04-06 00:00:00	37 Starling Court	Porto	Portugal	\N	5.00
96	38	2021-04-07 00:00:00	38 Starling Court	Porto	Portugal	\N	6.00
97	39	2021-04-08 00:00:00	39 Starling Court	Porto	Portugal	\N	7.00
98	40	2021-04-09 00:00:00	40 Starling Court	Porto	Portugal	\N	8.00
99	41	2021-04-10 00:00:00	41 Starling Court	Porto	Portugal	\N	9.00
100	42	2021-04-11 00:00:00	42 Starling Court	Porto	Portugal	\N	0.00
\.


--
-- Data for Name: invoice_line; Type: TABLE DATA; Schema: public; Owner: chinook_owner
--

COPY public.invoice_line (invoice_line_id, invoice_id, track_id, unit_price, quantity) FROM stdin;
1	2	2	0.99	1
2	3	3	0.99	1
3	4	4	0.99	1
4	5	5	0.99	1
5	6	6	0.99	1
6	7	7	0.99	1
7	8	8	0.99	1
8	9	9	0.99	1
9	10	10	0.99	1
10	11	11	0.99	1
11	12	12	0.99	1
12	13	13	0.99	1
13	14	14	0.99	1
14	15	15	0.99	1
15	16	16	0.99	1
16	17	17	0.99	1
17	18	18	0.99	1
18	19	19	0.99	1
19	20	20	0.99	1
20	21	21	0.99	1
21	22	22	0.99	1
22	23	23	0.99	1
23	24	24	0.99	1
24	25	25	0.99	1
25	26	26	0.99	1
26	27	27	0.99	1
27	28	28	0.99	1
28	29	29	0.99	1
29	30	30	0.99	1
30	31	31	0.99	1
31	32	32	0.99	1
32	33	33	0.99	1
33	34	34	0.99	1
34	35	35	0.99	1
35	36	36	0.99	1
36	37	37	0.99	1
37	38	38	0.99	1
38	39	39	0.99	1
39	40	40	0.99	1
40	41	41	0.99	1
41	42	42	0.99	1
42	43	43	0.99	1
43	44	44	0.99	1
44	45	45	0.99	1
45	46	46	0.99	1
46	47	47	0.99	1
47	48	48	0.99	1
48	49	49	0.99	1
49	50	50	0.99	1
50	51	51	0.99	1
51	52	52	0.99	1
52	53	53	0.99	1
53	54	54	0.99	1
54	55	55	0.99	1
55	56	56	0.99	1
56	57	57	0.99	1
57	58	58	0.99	1
58	59	59	0.99	1
59	60	60	0.99	1
60	61	1	0.99	1
61	62	2	0.99	1
62	63	3	0.99	1
63	64	4	0.99	1
64	65	5	0.99	1
65	66	6	0.99	1
66	67	7	0.99	1
67	68	8	0.99	1
68	69	9	0.99	1
69	70	10	0.99	1
70	71	11	0.99	1
71	72	12	0.99	1
72	73	13	0.99	1
73	74	14	0.99	1
74	75	15	0.99	1
75	76	16	0.99	1
76	77	17	0.99	1
77	78	18	0.99	1
78	79	19	0.99	1
79	80	20	0.99	1
80	81	21	0.99	1
81	82	22	0.99	1
82	83	23	0.99	1
83	84	24	0.99	1
84	85	25	0.99	1
85	86	26	0.99	1
86	87	27	0.99	1
87	88	28	0.99	1
88	89	29	0.99	1
89	90	30	0.99	1
90	91	31	0.99	1
91	92	32	0.99	1
92	93	33	0.99	1
93	94	34	0.99	1
94	95	35	0.99	1
95	96	36	0.99	1
96	97	37	0.99	1
97	98	38	0.99	1
98	99	39	0.99	1
99	100	40	0.99	1
100	1	41	0.99	1
101	2	42	0.99	1
102	3	43	0.99	1
103	4	44	0.99	1
104	5	45	0.99	1
105	6	46	0.99	1
106	7	47	0.99	1
107	8	48	0.99	1
108	9	49	0.99	1
109	10	50	0.99	1
110	11	51	0.99	1
111	12	52	0.99	1
112	13	53	0.99	1
113	14	54	0.99	1
114	15	55	0.99	1
115	16	56	0.99	1
116	17	57	0.99	1
117	18	58	0.99	1
118	19	59	0.99	1
119	20	60	0.99	1
120	21	1	0.99	1
121	22	2	0.99	1
122	23	3	0.99	1
123	24	4	0.99	1
124	25	5	0.99	1
125	26	6	0.99	1
126	27	7	0.99	1
127	28	8	0.99	1
128	29	9	0.99	1
129	30	10	0.99	1
130	31	11	0.99	1
131	32	12	0.99	1
132	33	13	0.99	1
133	34	14	0.99	1
134	35	15	0.99	1
135	36	16	0.99	1
136	37	17	0.99	1
137	38	18	0.99	1
138	39	19	0.99	1
139	40	20	0.99	1
140	41	21	0.99	1
141	42	22	0.99	1
142	43	23	0.99	1
143	44	24	0.99	1
144	45	25	0.99	1
145	46	26	0.99	1
146	47	27	0.99	1
147	48	28	0.99	1
148	49	29	0.99	1
149	50	30	0.99	1
150	51	31	0.99	1
\.


--
-- Data for Name: media_type; Type: TABLE DATA; Schema: public; Owner: chinook_owner
--

COPY public.media_type (media_type_id, name) FROM stdin;
1	MPEG
\.


--
-- Data for Name: playlist; Type: TABLE DATA; Schema: public; Owner: chinook_owner
--

COPY public.playlist (playlist_id, name) FROM stdin;
1	Music
\.


--
-- Data for Name: playlist_track; Type: TABLE DATA; Schema: public; Owner: chinook_owner
--

COPY public.playlist_track (playlist_id, track_id) FROM stdin;
1	1
1	2
1	3
1	4
1	5
1	6
1	7
1	8
1	9
1	10
1	11
1	12
1	13
1	14
1	15
1	16
1	17
1	18
1	19
1	20
1	21
1	22
1	23
1	24
1	25
1	26
1	27
1	28
1	29
1	30
1	31
1	32
1	33
1	34
1	35
1	36
1	37
1	38
1	39
1	40
1	41
1	42
1	43
1	44
1	45
1	46
1	47
1	48
1	49
1	50
1	51
1	52
1	53
1	54
1	55
1	56
1	57
1	58
1	59
1	60
\.


--
-- Data for Name: track; Type: TABLE DATA; Schema: public; Owner: chinook_owner
--

COPY public.track (track_id, name, album_id, media_type_id, genre_id, composer, milliseconds, bytes, unit_price) FROM stdin;
1	Track 1	2	1	1	\N	200001	\N	0.99
2	Track 2	3	1	1	\N	200002	\N	0.99
3	Track 3	4	1	1	\N	200003	\N	0.99
4	Track 4	5	1	1	\N	200004	\N	0.99
5	Track 5	6	1	1	\N	200005	\N	0.99
6	Track 6	7	1	1	\N	200006	\N	0.99
7	Track 7	8	1	1	\N	200007	\N	0.99
8	Track 8	9	1	1	\N	200008	\N	0.99
9	Track 9	10	1	1	\N	200009	\N	0.99
10	Track 10	11	1	1	\N	200010	\N	0.99
11	Track 11	12	1	1	\N	200011	\N	0.99
12	Track 12	13	1	1	\N	200012	\N	0.99
13	Track 13	14	1	1	\N	200013	\N	0.99
14	Track 14	15	1	1	\N	200014	\N	0.99
15	Track 15	16	1	1	\N	200015	\N	0.99
16	Track 16	17	1	1	\N	200016	\N	0.99
17	Track 17	18	1	1	\N	200017	\N	0.99
18	Track 18	19	1	1	\N	200018	\N	0.99
19	Track 19	20	1	1	\N	200019	\N	0.99
20	Track 20	21	1	1	\N	200020	\N	0.99
21	Track 21	22	1	1	\N	200021	\N	0.99
22	Track 22	23	1	1	\N	200022	\N	0.99
23	Track 23	24	1	1	\N	200023	\N	0.99
24	Track 24	25	1	1	\N	200024	\N	0.99
25	Track 25	26	1	1	\N	200025	\N	0.99
26	Track 26	27	1	1	\N	200026	\N	0.99
27	Track 27	28	1	1	\N	200027	\N	0.99
28	Track 28	29	1	1	\N	200028	\N	0.99
29	Track 29	30	1	1	\N	200029	\N	0.99
30	Track 30	1	1	1	\N	200030	\N	0.99
31	Track 31	2	1	1	\N	200031	\N	0.99
32	Track 32	3	1	1	\N	200032	\N	0.99
33	Track 33	4	1	1	\N	200033	\N	0.99
34	Track 34	5	1	1	\N	200034	\N	0.99
35	Track 35	6	1	1	\N	200035	\N	0.99
36	Track 36	7	1	1	\N	200036	\N	0.99
37	Track 37	8	1	1	\N	200037	\N	0.99
38	Track 38	9	1	1	\N	200038	\N	0.99
39	Track 39	10	1	1	\N	200039	\N	0.99
40	Track 40	11	1	1	\N	200040	\N	0.99
41	Track 41	12	1	1	\N	200041	\N	0.99
42	Track 42	13	1	1	\N	200042	\N	0.99
43	Track 43	14	1	1	\N	200043	\N	0.99
44	Track 44	15	1	1	\N	200044	\N	0.99
45	Track 45	16	1	1	\N	200045	\N	0.99
46	Track 46	17	1	1	\N	200046	\N	0.99
47	Track 47	18	1	1	\N	200047	\N	0.99
48	Track 48	19	1	1	\N	200048	\N	0.99
49	Track 49	20	1	1	\N	200049	\N	0.99
50	Track 50	21	1	1	\N	200050	\N	0.99
51	Track 51	22	1	1	\N	200051	\N	0.99
52	Track 52	23	1	1	\N	200052	\N	0.99
53	Track 53	24	1	1	\N	200053	\N	0.99
54	Track 54	25	1	1	\N	200054	\N	0.99
55	Track 55	26	1	1	\N	200055	\N	0.99
56	Track 56	27	1	1	\N	200056	\N	0.99
57	Track 57	28	1	1	\N	200057	\N	0.99
58	Track 58	29	1	1	\N	200058	\N	0.99
59	Track 59	30	1	1	\N	200059	\N	0.99
60	Track 60	1	1	1	\N	200060	\N	0.99
\.


--
-- Name: album album_pkey; Type: CONSTRAINT; Schema: public; Owner: chinook_owner
--

ALTER TABLE ONLY public.album
    ADD CONSTRAINT album_pkey PRIMARY KEY (album_id);


--
-- Name: artist artist_pkey; Type: CONSTRAINT; Schema: public; Owner: chinook_owner
--

ALTER TABLE ONLY public.artist
    ADD CONSTRAINT artist_pkey PRIMARY KEY (artist_id);


--
-- Name: customer customer_pkey; Type: CONSTRAINT; Schema: public; Owner: chinook_owner
--

ALTER TABLE ONLY public.customer
    ADD CONSTRAINT customer_pkey PRIMARY KEY (customer_id);


--
-- Name: employee employee_pkey; Type: CONSTRAINT; Schema: public; Owner: chinook_owner
--

ALTER TABLE ONLY public.employee
    ADD CONSTRAINT employee_pkey PRIMARY KEY (employee_id);


--
-- Name: genre genre_pkey; Type: CONSTRAINT; Schema: public; Owner: chinook_owner
--

ALTER TABLE ONLY public.genre
    ADD CONSTRAINT genre_pkey PRIMARY KEY (genre_id);


--
-- Name: invoice_line invoice_line_pkey; Type: CONSTRAINT; Schema: public; Owner: chinook_owner
--

ALTER TABLE ONLY public.invoice_line
    ADD CONSTRAINT invoice_line_pkey PRIMARY KEY (invoice_line_id);


--
-- Name: invoice invoice_pkey; Type: CONSTRAINT; Schema: public; Owner: chinook_owner
--

ALTER TABLE ONLY public.invoice
    ADD CONSTRAINT invoice_pkey PRIMARY KEY (invoice_id);


--
-- Name: media_type media_type_pkey; Type: CONSTRAINT; Schema: public; Owner: chinook_owner
--

ALTER TABLE ONLY public.media_type
    ADD CONSTRAINT media_type_pkey PRIMARY KEY (media_type_id);


--
-- Name: playlist playlist_pkey; Type: CONSTRAINT; Schema: public; Owner: chinook_owner
--

ALTER TABLE ONLY public.playlist
    ADD CONSTRAINT playlist_pkey PRIMARY KEY (playlist_id);


--
-- Name: playlist_track playlist_track_pkey; Type: CONSTRAINT; Schema: public; Owner: chinook_owner
--

ALTER TABLE ONLY public.playlist_track
    ADD CONSTRAINT playlist_track_pkey PRIMARY KEY (playlist_id, track_id);


--
-- Name: track track_pkey; Type: CONSTRAINT; Schema: public; Owner: chinook_owner
--

ALTER TABLE ONLY public.track
    ADD CONSTRAINT track_pkey PRIMARY KEY (track_id);


--
-- Name: album album_artist_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: chinook_owner
--

ALTER TABLE ONLY public.album
    ADD CONSTRAINT album_artist_id_fkey FOREIGN KEY (artist_id) REFERENCES public.artist(artist_id);


--
-- Name: customer customer_support_rep_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: chinook_owner
--

ALTER TABLE ONLY public.customer
    ADD CONSTRAINT customer_support_rep_id_fkey FOREIGN KEY (support_rep_id) REFERENCES public.employee(employee_id);


--
-- Name: employee employee_reports_to_fkey; Type: FK CONSTRAINT; Schema: public; Owner: chinook_owner
--

ALTER TABLE ONLY public.employee
    ADD CONSTRAINT employee_reports_to_fkey FOREIGN KEY (reports_to) REFERENCES public.employee(employee_id);


--
-- Name: invoice invoice_customer_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: chinook_owner
--

ALTER TABLE ONLY public.invoice
    ADD CONSTRAINT invoice_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES public.customer(customer_id);


--
-- Name: invoice_line invoice_line_invoice_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: chinook_owner
--

ALTER TABLE ONLY public.invoice_line
    ADD CONSTRAINT invoice_line_invoice_id_fkey FOREIGN KEY (invoice_id) REFERENCES public.invoice(invoice_id);


--
-- Name: invoice_line invoice_line_track_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: chinook_owner
--

ALTER TABLE ONLY public.invoice_line
    ADD CONSTRAINT invoice_line_track_id_fkey FOREIGN KEY (track_id) REFERENCES public.track(track_id);


--
-- Name: playlist_track playlist_track_playlist_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: chinook_owner
--

ALTER TABLE ONLY public.playlist_track
    ADD CONSTRAINT playlist_track_playlist_id_fkey FOREIGN KEY (playlist_id) REFERENCES public.playlist(playlist_id);


--
-- Name: playlist_track playlist_track_track_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: chinook_owner
--

ALTER TABLE ONLY public.playlist_track
    ADD CONSTRAINT playlist_track_track_id_fkey FOREIGN KEY (track_id) REFERENCES public.track(track_id);


--
-- Name: track track_album_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: chinook_owner
--

ALTER TABLE ONLY public.track
    ADD CONSTRAINT track_album_id_fkey FOREIGN KEY (album_id) REFERENCES public.album(album_id);


--
-- Name: track track_genre_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: chinook_owner
--

ALTER TABLE ONLY public.track
    ADD CONSTRAINT track_genre_id_fkey FOREIGN KEY (genre_id) REFERENCES public.genre(genre_id);


--
-- Name: track track_media_type_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: chinook_owner
--

ALTER TABLE ONLY public.track
    ADD CONSTRAINT track_media_type_id_fkey FOREIGN KEY (media_type_id) REFERENCES public.media_type(media_type_id);


--
-- Name: TABLE album; Type: ACL; Schema: public; Owner: chinook_owner
--

GRANT SELECT,INSERT ON TABLE public.album TO chinook_web;


--
-- Name: TABLE artist; Type: ACL; Schema: public; Owner: chinook_owner
--

GRANT SELECT,INSERT ON TABLE public.artist TO chinook_web;


--
-- Name: TABLE customer; Type: ACL; Schema: public; Owner: chinook_owner
--

GRANT SELECT,INSERT ON TABLE public.customer TO chinook_web;


--
-- Name: TABLE employee; Type: ACL; Schema: public; Owner: chinook_owner
--

GRANT SELECT,INSERT ON TABLE public.employee TO chinook_web;


--
-- Name: TABLE genre; Type: ACL; Schema: public; Owner: chinook_owner
--

GRANT SELECT,INSERT ON TABLE public.genre TO chinook_web;


--
-- Name: TABLE invoice; Type: ACL; Schema: public; Owner: chinook_owner
--

GRANT SELECT,INSERT ON TABLE public.invoice TO chinook_web;


--
-- Name: TABLE invoice_line; Type: ACL; Schema: public; Owner: chinook_owner
--

GRANT SELECT,INSERT ON TABLE public.invoice_line TO chinook_web;


--
-- Name: TABLE media_type; Type: ACL; Schema: public; Owner: chinook_owner
--

GRANT SELECT,INSERT ON TABLE public.media_type TO chinook_web;


--
-- Name: TABLE playlist; Type: ACL; Schema: public; Owner: chinook_owner
--

GRANT SELECT,INSERT ON TABLE public.playlist TO chinook_web;


--
-- Name: TABLE playlist_track; Type: ACL; Schema: public; Owner: chinook_owner
--

GRANT SELECT,INSERT ON TABLE public.playlist_track TO chinook_web;


--
-- Name: TABLE track; Type: ACL; Schema: public; Owner: chinook_owner
--

GRANT SELECT,INSERT ON TABLE public.track TO chinook_web;


--
-- PostgreSQL database dump complete
--

\unrestrict UcHqVDqyJuJ21hSELkLY8bxVldF010V8haaYXbyDnbyBJ6MdiMruCQ57o63Q1QB

--
-- Database "chinook-mail" dump
--

--
-- PostgreSQL database dump
--

\restrict BARkcyOqHUbhOAjLS3zj8hQ2SgjKrh2JLvKmKUm8bRvXqeko2xae8fNgpe0OvOB

-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: chinook-mail; Type: DATABASE; Schema: -; Owner: postgres
--

CREATE DATABASE "chinook-mail" WITH TEMPLATE = template0 ENCODING = 'UTF8' LOCALE_PROVIDER = libc LOCALE = 'C.UTF-8';


ALTER DATABASE "chinook-mail" OWNER TO postgres;

\unrestrict BARkcyOqHUbhOAjLS3zj8hQ2SgjKrh2JLvKmKUm8bRvXqeko2xae8fNgpe0OvOB
\encoding SQL_ASCII
\connect -reuse-previous=on "dbname='chinook-mail'"
\restrict BARkcyOqHUbhOAjLS3zj8hQ2SgjKrh2JLvKmKUm8bRvXqeko2xae8fNgpe0OvOB

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: newsletter; Type: TABLE; Schema: public; Owner: chinook_web
--

CREATE TABLE public.newsletter (
    email text NOT NULL,
    subscribed_at timestamp with time zone NOT NULL,
    profile jsonb
);


ALTER TABLE public.newsletter OWNER TO chinook_web;

--
-- Data for Name: newsletter; Type: TABLE DATA; Schema: public; Owner: chinook_web
--

COPY public.newsletter (email, subscribed_at, profile) FROM stdin;
evaristo1.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo1 Bellweather1"}
evaristo2.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo2 Bellweather2"}
evaristo3.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo3 Bellweather3"}
evaristo4.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo4 Bellweather4"}
evaristo5.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo5 Bellweather5"}
evaristo6.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo6 Bellweather6"}
evaristo7.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo7 Bellweather7"}
evaristo8.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo8 Bellweather8"}
evaristo9.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo9 Bellweather9"}
evaristo10.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo10 Bellweather10"}
evaristo11.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo11 Bellweather11"}
evaristo12.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo12 Bellweather12"}
evaristo13.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo13 Bellweather13"}
evaristo14.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo14 Bellweather14"}
evaristo15.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo15 Bellweather15"}
evaristo16.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo16 Bellweather16"}
evaristo17.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo17 Bellweather17"}
evaristo18.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo18 Bellweather18"}
evaristo19.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo19 Bellweather19"}
evaristo20.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo20 Bellweather20"}
evaristo21.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo21 Bellweather21"}
evaristo22.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo22 Bellweather22"}
evaristo23.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo23 Bellweather23"}
evaristo24.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo24 Bellweather24"}
evaristo25.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo25 Bellweather25"}
evaristo26.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo26 Bellweather26"}
evaristo27.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo27 Bellweather27"}
evaristo28.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo28 Bellweather28"}
evaristo29.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo29 Bellweather29"}
evaristo30.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo30 Bellweather30"}
evaristo31.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo31 Bellweather31"}
evaristo32.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo32 Bellweather32"}
evaristo33.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo33 Bellweather33"}
evaristo34.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo34 Bellweather34"}
evaristo35.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo35 Bellweather35"}
evaristo36.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo36 Bellweather36"}
evaristo37.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo37 Bellweather37"}
evaristo38.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo38 Bellweather38"}
evaristo39.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo39 Bellweather39"}
evaristo40.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo40 Bellweather40"}
evaristo41.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo41 Bellweather41"}
evaristo42.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo42 Bellweather42"}
evaristo43.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo43 Bellweather43"}
evaristo44.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo44 Bellweather44"}
evaristo45.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo45 Bellweather45"}
evaristo46.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo46 Bellweather46"}
evaristo47.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo47 Bellweather47"}
evaristo48.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo48 Bellweather48"}
evaristo49.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo49 Bellweather49"}
evaristo50.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo50 Bellweather50"}
evaristo51.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo51 Bellweather51"}
evaristo52.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo52 Bellweather52"}
evaristo53.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo53 Bellweather53"}
evaristo54.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo54 Bellweather54"}
evaristo55.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo55 Bellweather55"}
evaristo56.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo56 Bellweather56"}
evaristo57.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo57 Bellweather57"}
evaristo58.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo58 Bellweather58"}
evaristo59.bellweather@inbox.example	2022-02-02 00:00:00+00	{"name": "Evaristo59 Bellweather59"}
\.


--
-- Name: newsletter newsletter_pkey; Type: CONSTRAINT; Schema: public; Owner: chinook_web
--

ALTER TABLE ONLY public.newsletter
    ADD CONSTRAINT newsletter_pkey PRIMARY KEY (email);


--
-- PostgreSQL database dump complete
--

\unrestrict BARkcyOqHUbhOAjLS3zj8hQ2SgjKrh2JLvKmKUm8bRvXqeko2xae8fNgpe0OvOB

--
-- Database "postgres" dump
--

\connect postgres

--
-- PostgreSQL database dump
--

\restrict 19i1C4sjHA3oFXhpgURBep11w7mr1AnpmPNXF2cbscCQPyPpFVw9LymdImGqdmO

-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- PostgreSQL database dump complete
--

\unrestrict 19i1C4sjHA3oFXhpgURBep11w7mr1AnpmPNXF2cbscCQPyPpFVw9LymdImGqdmO

--
-- PostgreSQL database cluster dump complete
--

