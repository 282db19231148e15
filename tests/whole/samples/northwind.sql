--
-- PostgreSQL database dump
--

\restrict pvRHb2gEana8aQxwrPrkpSIjohcNrng6j8vT3II18pO4WU91PSKcggoRCO7n0jP

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
-- Name: sales; Type: SCHEMA; Schema: -; Owner: northwind_app
--

CREATE SCHEMA sales;


ALTER SCHEMA sales OWNER TO northwind_app;

--
-- Name: pg_trgm; Type: EXTENSION; Schema: -; Owner: -
--

CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;


--
-- Name: EXTENSION pg_trgm; Type: COMMENT; Schema: -; Owner: 
--

COMMENT ON EXTENSION pg_trgm IS 'text similarity measurement and index searching based on trigrams';


--
-- Name: pgcrypto; Type: EXTENSION; Schema: -; Owner: -
--

CREATE EXTENSION IF NOT EXISTS pgcrypto WITH SCHEMA public;


--
-- Name: EXTENSION pgcrypto; Type: COMMENT; Schema: -; Owner: 
--

COMMENT ON EXTENSION pgcrypto IS 'cryptographic functions';


SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: categories; Type: TABLE; Schema: sales; Owner: northwind_app
--

CREATE TABLE sales.categories (
    category_id smallint NOT NULL,
    category_name character varying(15) NOT NULL,
    description text,
    picture bytea
);


ALTER TABLE sales.categories OWNER TO northwind_app;

--
-- Name: customer_customer_demo; Type: TABLE; Schema: sales; Owner: northwind_app
--

CREATE TABLE sales.customer_customer_demo (
    customer_id character(5) NOT NULL,
    customer_type_id character(5) NOT NULL
);


ALTER TABLE sales.customer_customer_demo OWNER TO northwind_app;

--
-- Name: customer_demographics; Type: TABLE; Schema: sales; Owner: northwind_app
--

CREATE TABLE sales.customer_demographics (
    customer_type_id character(5) NOT NULL,
    customer_desc text
);


ALTER TABLE sales.customer_demographics OWNER TO northwind_app;

--
-- Name: customers; Type: TABLE; Schema: sales; Owner: northwind_app
--

CREATE TABLE sales.customers (
    customer_id character(5) NOT NULL,
    company_name character varying(40) NOT NULL,
    contact_name character varying(30),
    contact_title character varying(30),
    address character varying(60),
    city character varying(15),
    region character varying(15),
    postal_code character varying(10),
    country character varying(15),
    phone character varying(24),
    fax character varying(24)
);


ALTER TABLE sales.customers OWNER TO northwind_app;

--
-- Name: employee_territories; Type: TABLE; Schema: sales; Owner: northwind_app
--

CREATE TABLE sales.employee_territories (
    employee_id smallint NOT NULL,
    territory_id character varying(20) NOT NULL
);


ALTER TABLE sales.employee_territories OWNER TO northwind_app;

--
-- Name: employees; Type: TABLE; Schema: sales; Owner: northwind_app
--

CREATE TABLE sales.employees (
    employee_id smallint NOT NULL,
    last_name character varying(40) NOT NULL,
    first_name character varying(40) NOT NULL,
    title character varying(30),
    title_of_courtesy character varying(25),
    birth_date date,
    hire_date date,
    address character varying(60),
    city character varying(15),
    postal_code character varying(10),
    country character varying(15),
    home_phone character varying(24),
    extension character varying(4),
    photo bytea,
    notes text,
    reports_to smallint,
    photo_path character varying(255),
    CONSTRAINT hired_after_birth CHECK ((hire_date > birth_date))
);


ALTER TABLE sales.employees OWNER TO northwind_app;

--
-- Name: order_details; Type: TABLE; Schema: sales; Owner: northwind_app
--

CREATE TABLE sales.order_details (
    order_id smallint NOT NULL,
    product_id smallint NOT NULL,
    unit_price real NOT NULL,
    quantity smallint NOT NULL,
    discount real NOT NULL
);


ALTER TABLE sales.order_details OWNER TO northwind_app;

--
-- Name: orders; Type: TABLE; Schema: sales; Owner: northwind_app
--

CREATE TABLE sales.orders (
    order_id smallint NOT NULL,
    customer_id character(5),
    employee_id smallint,
    order_date date,
    ship_via smallint,
    freight real,
    ship_name character varying(40),
    ship_address character varying(60),
    ship_city character varying(15),
    ship_postal_code character varying(10),
    ship_country character varying(15)
);


ALTER TABLE sales.orders OWNER TO northwind_app;

--
-- Name: products; Type: TABLE; Schema: sales; Owner: northwind_app
--

CREATE TABLE sales.products (
    product_id smallint NOT NULL,
    product_name character varying(40) NOT NULL,
    supplier_id smallint,
    category_id smallint,
    unit_price real,
    units_in_stock smallint,
    discontinued integer NOT NULL,
    margin real GENERATED ALWAYS AS ((unit_price * (0.2)::double precision)) STORED
);


ALTER TABLE sales.products OWNER TO northwind_app;

--
-- Name: region; Type: TABLE; Schema: sales; Owner: northwind_app
--

CREATE TABLE sales.region (
    region_id smallint NOT NULL,
    region_description character varying(60) NOT NULL
);


ALTER TABLE sales.region OWNER TO northwind_app;

--
-- Name: shippers; Type: TABLE; Schema: sales; Owner: northwind_app
--

CREATE TABLE sales.shippers (
    shipper_id smallint NOT NULL,
    company_name character varying(40) NOT NULL,
    phone character varying(24)
);


ALTER TABLE sales.shippers OWNER TO northwind_app;

--
-- Name: suppliers; Type: TABLE; Schema: sales; Owner: northwind_app
--

CREATE TABLE sales.suppliers (
    supplier_id smallint NOT NULL,
    company_name character varying(40) NOT NULL,
    contact_name character varying(40),
    address character varying(60),
    phone character varying(24),
    homepage text
);


ALTER TABLE sales.suppliers OWNER TO northwind_app;

--
-- Name: territories; Type: TABLE; Schema: sales; Owner: northwind_app
--

CREATE TABLE sales.territories (
    territory_id character varying(20) NOT NULL,
    territory_description character varying(60) NOT NULL,
    region_id smallint NOT NULL
);


ALTER TABLE sales.territories OWNER TO northwind_app;

--
-- Name: us_states; Type: TABLE; Schema: sales; Owner: northwind_app
--

CREATE TABLE sales.us_states (
    state_id smallint NOT NULL,
    state_name character varying(100),
    state_abbr character varying(2)
);


ALTER TABLE sales.us_states OWNER TO northwind_app;

--
-- Data for Name: categories; Type: TABLE DATA; Schema: sales; Owner: northwind_app
--

COPY sales.categories (category_id, category_name, description, picture) FROM stdin;
1	Category 1	Things of kind 1	\\xc4ca4238a0b923820dcc509a6f75849b
2	Category 2	Things of kind 2	\\xc81e728d9d4c2f636f067f89cc14862c
3	Category 3	Things of kind 3	\\xeccbc87e4b5ce2fe28308fd9f2a7baf3
4	Category 4	Things of kind 4	\\xa87ff679a2f3e71d9181a67b7542122c
5	Category 5	Things of kind 5	\\xe4da3b7fbbce2345d7772b0674a318d5
6	Category 6	Things of kind 6	\\x1679091c5a880faf6fb5e6087eb1b2dc
7	Category 7	Things of kind 7	\\x8f14e45fceea167a5a36dedd4bea2543
8	Category 8	Things of kind 8	\\xc9f0f895fb98ab9159f51fd0297e236d
\.


--
-- Data for Name: customer_customer_demo; Type: TABLE DATA; Schema: sales; Owner: northwind_app
--

COPY sales.customer_customer_demo (customer_id, customer_type_id) FROM stdin;
ANVNT	LARGE
BNVNT	LARGE
CNVNT	LARGE
DNVNT	LARGE
ENVNT	LARGE
\.


--
-- Data for Name: customer_demographics; Type: TABLE DATA; Schema: sales; Owner: northwind_app
--

COPY sales.customer_demographics (customer_type_id, customer_desc) FROM stdin;
LARGE	Large
\.


--
-- Data for Name: customers; Type: TABLE DATA; Schema: sales; Owner: northwind_app
--

COPY sales.customers (customer_id, company_name, contact_name, contact_title, address, city, region, postal_code, country, phone, fax) FROM stdin;
ANVNT	Company 1	Philomena Thistlewood1	Owner	3 Kettledrum Lane	Town 1	\N	20001	France	+351 21 100 0271	\N
BNVNT	Company 2	Philomena Thistlewood2	Owner	6 Kettledrum Lane	Town 2	\N	20002	France	+351 21 100 0542	\N
CNVNT	Company 3	Philomena Thistlewood3	Owner	9 Kettledrum Lane	Town 3	\N	20003	France	+351 21 100 0813	\N
DNVNT	Company 4	Philomena Thistlewood4	Owner	12 Kettledrum Lane	Town 4	\N	20004	France	+351 21 100 1084	\N
ENVNT	Company 5	Philomena Thistlewood5	Owner	15 Kettledrum Lane	Town 0	\N	20005	France	+351 21 100 1355	\N
FNVNT	Company 6	Philomena Thistlewood6	Owner	18 Kettledrum Lane	Town 1	\N	20006	France	+351 21 100 1626	\N
GNVNT	Company 7	Philomena Thistlewood7	Owner	21 Kettledrum Lane	Town 2	\N	20007	France	+351 21 100 1897	\N
HNVNT	Company 8	Philomena Thistlewood8	Owner	24 Kettledrum Lane	Town 3	\N	20008	France	+351 21 100 2168	\N
INVNT	Company 9	Philomena Thistlewood9	Owner	27 Kettledrum Lane	Town 4	\N	20009	France	+351 21 100 2439	\N
JNVNT	Company 10	Philomena Thistlewood10	Owner	30 Kettledrum Lane	Town 0	\N	20010	France	+351 21 100 2710	\N
KNVNT	Company 11	Philomena Thistlewood11	Owner	33 Kettledrum Lane	Town 1	\N	20011	France	+351 21 100 2981	\N
LNVNT	Company 12	Philomena Thistlewood12	Owner	36 Kettledrum Lane	Town 2	\N	20012	France	+351 21 100 3252	\N
MNVNT	Company 13	Philomena Thistlewood13	Owner	39 Kettledrum Lane	Town 3	\N	20013	France	+351 21 100 3523	\N
NNVNT	Company 14	Philomena Thistlewood14	Owner	42 Kettledrum Lane	Town 4	\N	20014	France	+351 21 100 3794	\N
ONVNT	Company 15	Philomena Thistlewood15	Owner	45 Kettledrum Lane	Town 0	\N	20015	France	+351 21 100 4065	\N
PNVNT	Company 16	Philomena Thistlewood16	Owner	48 Kettledrum Lane	Town 1	\N	20016	France	+351 21 100 4336	\N
QNVNT	Company 17	Philomena Thistlewood17	Owner	51 Kettledrum Lane	Town 2	\N	20017	France	+351 21 100 4607	\N
RNVNT	Company 18	Philomena Thistlewood18	Owner	54 Kettledrum Lane	Town 3	\N	20018	France	+351 21 100 4878	\N
SNVNT	Company 19	Philomena Thistlewood19	Owner	57 Kettledrum Lane	Town 4	\N	20019	France	+351 21 100 5149	\N
TNVNT	Company 20	Philomena Thistlewood20	Owner	60 Kettledrum Lane	Town 0	\N	20020	France	+351 21 100 5420	\N
UNVNT	Company 21	Philomena Thistlewood21	Owner	63 Kettledrum Lane	Town 1	\N	20021	France	+351 21 100 5691	\N
VNVNT	Company 22	Philomena Thistlewood22	Owner	66 Kettledrum Lane	Town 2	\N	20022	France	+351 21 100 5962	\N
WNVNT	Company 23	Philomena Thistlewood23	Owner	69 Kettledrum Lane	Town 3	\N	20023	France	+351 21 100 6233	\N
XNVNT	Company 24	Philomena Thistlewood24	Owner	72 Kettledrum Lane	Town 4	\N	20024	France	+351 21 100 6504	\N
\.


--
-- Data for Name: employee_territories; Type: TABLE DATA; Schema: sales; Owner: northwind_app
--

COPY sales.employee_territories (employee_id, territory_id) FROM stdin;
2	00002
3	00003
4	00004
5	00005
6	00006
7	00007
8	00008
9	00009
1	00010
2	00011
3	00012
4	00001
5	00002
6	00003
7	00004
8	00005
9	00006
1	00007
2	00008
3	00009
4	00010
5	00011
6	00012
7	00001
8	00002
9	00003
1	00004
2	00005
3	00006
4	00007
\.


--
-- Data for Name: employees; Type: TABLE DATA; Schema: sales; Owner: northwind_app
--

COPY sales.employees (employee_id, last_name, first_name, title, title_of_courtesy, birth_date, hire_date, address, city, postal_code, country, home_phone, extension, photo, notes, reports_to, photo_path) FROM stdin;
1	Marchbanks1	Rosalind1	Representative	Dr.	1961-04-08	1995-01-02	1 Lanternlight Road	Town	75001	France	+33 1 44 55 66 01	0101	\\xc40d5239fb4753fad04327fdc129d4bd	Rosalind1 Marchbanks1 speaks four languages; call +33 1 44 55	\N	http://intranet.example/rosalind1.bmp
2	Marchbanks2	Rosalind2	Representative	Dr.	1962-05-13	1995-01-03	2 Lanternlight Road	Town	75001	France	+33 1 44 55 66 02	0102	\\xa44b9c5636e5b42529f923ed57075748	Rosalind2 Marchbanks2 speaks four languages; call +33 1 44 55	\N	http://intranet.example/rosalind2.bmp
3	Marchbanks3	Rosalind3	Representative	Dr.	1963-06-17	1995-01-04	3 Lanternlight Road	Town	75001	France	+33 1 44 55 66 03	0103	\\x5cabec1ffae6fc0ba6f838297c0149b9	Rosalind3 Marchbanks3 speaks four languages; call +33 1 44 55	1	http://intranet.example/rosalind3.bmp
4	Marchbanks4	Rosalind4	Representative	Dr.	1964-07-21	1995-01-05	4 Lanternlight Road	Town	75001	France	+33 1 44 55 66 04	0104	\\xa9e89b539c1c7e36a1c26683901b3abf	Rosalind4 Marchbanks4 speaks four languages; call +33 1 44 55	1	http://intranet.example/rosalind4.bmp
5	Marchbanks5	Rosalind5	Representative	Dr.	1965-08-25	1995-01-06	5 Lanternlight Road	Town	75001	France	+33 1 44 55 66 05	0105	\\x2624504e344cb000749669835b86d6b6	Rosalind5 Marchbanks5 speaks four languages; call +33 1 44 55	2	http://intranet.example/rosalind5.bmp
6	Marchbanks6	Rosalind6	Representative	Dr.	1966-09-29	1995-01-07	6 Lanternlight Road	Town	75001	France	+33 1 44 55 66 06	0106	\\x9f40e331a776551565a3fa16faa026de	Rosalind6 Marchbanks6 speaks four languages; call +33 1 44 55	2	http://intranet.example/rosalind6.bmp
7	Marchbanks7	Rosalind7	Representative	Dr.	1967-11-03	1995-01-08	7 Lanternlight Road	Town	75001	France	+33 1 44 55 66 07	0107	\\xb04317d262f7a8ada5e61463716edc52	Rosalind7 Marchbanks7 speaks four languages; call +33 1 44 55	3	http://intranet.example/rosalind7.bmp
8	Marchbanks8	Rosalind8	Representative	Dr.	1968-12-07	1995-01-09	8 Lanternlight Road	Town	75001	France	+33 1 44 55 66 08	0108	\\xe2faf6bbc88769e8aa40b296eef96e13	Rosalind8 Marchbanks8 speaks four languages; call +33 1 44 55	3	http://intranet.example/rosalind8.bmp
9	Marchbanks9	Rosalind9	Representative	Dr.	1970-01-11	1995-01-10	9 Lanternlight Road	Town	75001	France	+33 1 44 55 66 09	0109	\\x4f9289b9dfbe37cf7550e9cdac84c782	Rosalind9 Marchbanks9 speaks four languages; call +33 1 44 55	4	http://intranet.example/rosalind9.bmp
\.


--
-- Data for Name: order_details; Type: TABLE DATA; Schema: sales; Owner: northwind_app
--

COPY sales.order_details (order_id, product_id, unit_price, quantity, discount) FROM stdin;
2	2	0.5	1	0
3	3	1	2	0
4	4	1.5	3	0
5	5	2	4	0
6	6	2.5	5	0
7	7	3	6	0
8	8	3.5	7	0
9	9	4	8	0
10	10	4.5	9	0
11	11	5	10	0
12	12	5.5	11	0
13	13	6	12	0
14	14	6.5	13	0
15	15	7	14	0
16	16	7.5	15	0
17	17	8	16	0
18	18	8.5	17	0
19	19	9	18	0
20	20	9.5	19	0
21	21	10	0	0
22	22	10.5	1	0
23	23	11	2	0
24	24	11.5	3	0
25	25	12	4	0
26	26	12.5	5	0
27	27	13	6	0
28	28	13.5	7	0
29	29	14	8	0
30	30	14.5	9	0
31	31	15	10	0
32	32	15.5	11	0
33	33	16	12	0
34	34	16.5	13	0
35	35	17	14	0
36	36	17.5	15	0
37	37	18	16	0
38	38	18.5	17	0
39	39	19	18	0
40	40	19.5	19	0
41	1	20	0	0
42	2	20.5	1	0
43	3	21	2	0
44	4	21.5	3	0
45	5	22	4	0
46	6	22.5	5	0
47	7	23	6	0
48	8	23.5	7	0
49	9	24	8	0
50	10	24.5	9	0
51	11	25	10	0
52	12	25.5	11	0
53	13	26	12	0
54	14	26.5	13	0
55	15	27	14	0
56	16	27.5	15	0
57	17	28	16	0
58	18	28.5	17	0
59	19	29	18	0
60	20	29.5	19	0
61	21	30	0	0
62	22	30.5	1	0
63	23	31	2	0
64	24	31.5	3	0
65	25	32	4	0
66	26	32.5	5	0
67	27	33	6	0
68	28	33.5	7	0
69	29	34	8	0
70	30	34.5	9	0
71	31	35	10	0
72	32	35.5	11	0
73	33	36	12	0
74	34	36.5	13	0
75	35	37	14	0
76	36	37.5	15	0
77	37	38	16	0
78	38	38.5	17	0
79	39	39	18	0
80	40	39.5	19	0
81	1	40	0	0
82	2	40.5	1	0
83	3	41	2	0
84	4	41.5	3	0
85	5	42	4	0
86	6	42.5	5	0
87	7	43	6	0
88	8	43.5	7	0
89	9	44	8	0
90	10	44.5	9	0
91	11	45	10	0
92	12	45.5	11	0
93	13	46	12	0
94	14	46.5	13	0
95	15	47	14	0
96	16	47.5	15	0
97	17	48	16	0
98	18	48.5	17	0
99	19	49	18	0
100	20	49.5	19	0
101	21	50	0	0
102	22	50.5	1	0
103	23	51	2	0
104	24	51.5	3	0
105	25	52	4	0
106	26	52.5	5	0
107	27	53	6	0
108	28	53.5	7	0
109	29	54	8	0
110	30	54.5	9	0
111	31	55	10	0
112	32	55.5	11	0
113	33	56	12	0
114	34	56.5	13	0
115	35	57	14	0
116	36	57.5	15	0
117	37	58	16	0
118	38	58.5	17	0
119	39	59	18	0
120	40	59.5	19	0
1	1	60	0	0
\.


--
-- Data for Name: orders; Type: TABLE DATA; Schema: sales; Owner: northwind_app
--

COPY sales.orders (order_id, customer_id, employee_id, order_date, ship_via, freight, ship_name, ship_address, ship_city, ship_postal_code, ship_country) FROM stdin;
1	BNVNT	2	1996-07-05	2	0.7	Philomena Thistlewood2	6 Kettledrum Lane	Town	\N	France
2	CNVNT	3	1996-07-06	1	1.4	Philomena Thistlewood3	9 Kettledrum Lane	Town	\N	France
3	DNVNT	4	1996-07-07	2	2.1	Philomena Thistlewood4	12 Kettledrum Lane	Town	\N	France
4	ENVNT	5	1996-07-08	1	2.8	Philomena Thistlewood5	15 Kettledrum Lane	Town	\N	France
5	FNVNT	6	1996-07-09	2	3.5	Philomena Thistlewood6	18 Kettledrum Lane	Town	\N	France
6	GNVNT	7	1996-07-10	1	4.2	Philomena Thistlewood7	21 Kettledrum Lane	Town	\N	France
7	HNVNT	8	1996-07-11	2	4.9	Philomena Thistlewood8	24 Kettledrum Lane	Town	\N	France
8	INVNT	9	1996-07-12	1	5.6	Philomena Thistlewood9	27 Kettledrum Lane	Town	\N	France
9	JNVNT	1	1996-07-13	2	6.3	Philomena Thistlewood10	30 Kettledrum Lane	Town	\N	France
10	KNVNT	2	1996-07-14	1	7	Philomena Thistlewood11	33 Kettledrum Lane	Town	\N	France
11	LNVNT	3	1996-07-15	2	7.7	Philomena Thistlewood12	36 Kettledrum Lane	Town	\N	France
12	MNVNT	4	1996-07-16	1	8.4	Philomena Thistlewood13	39 Kettledrum Lane	Town	\N	France
13	NNVNT	5	1996-07-17	2	9.1	Philomena Thistlewood14	42 Kettledrum Lane	Town	\N	France
14	ONVNT	6	1996-07-18	1	9.8	Philomena Thistlewood15	45 Kettledrum Lane	Town	\N	France
15	PNVNT	7	1996-07-19	2	10.5	Philomena Thistlewood16	48 Kettledrum Lane	Town	\N	France
16	QNVNT	8	1996-07-20	1	11.2	Philomena Thistlewood17	51 Kettledrum Lane	Town	\N	France
17	RNVNT	9	1996-07-21	2	11.9	Philomena Thistlewood18	54 Kettledrum Lane	Town	\N	France
18	SNVNT	1	1996-07-22	1	12.6	Philomena Thistlewood19	57 Kettledrum Lane	Town	\N	France
19	TNVNT	2	1996-07-23	2	13.3	Philomena Thistlewood20	60 Kettledrum Lane	Town	\N	France
20	UNVNT	3	1996-07-24	1	14	Philomena Thistlewood21	63 Kettledrum Lane	Town	\N	France
21	VNVNT	4	1996-07-25	2	14.7	Philomena Thistlewood22	66 Kettledrum Lane	Town	\N	France
22	WNVNT	5	1996-07-26	1	15.4	Philomena Thistlewood23	69 Kettledrum Lane	Town	\N	France
23	XNVNT	6	1996-07-27	2	16.1	Philomena Thistlewood24	72 Kettledrum Lane	Town	\N	France
24	ANVNT	7	1996-07-28	1	16.8	Philomena Thistlewood1	3 Kettledrum Lane	Town	\N	France
25	BNVNT	8	1996-07-29	2	17.5	Philomena Thistlewood2	6 Kettledrum Lane	Town	\N	France
26	CNVNT	9	1996-07-30	1	18.2	Philomena Thistlewood3	9 Kettledrum Lane	Town	\N	France
27	DNVNT	1	1996-07-31	2	18.9	Philomena Thistlewood4	12 Kettledrum Lane	Town	\N	France
28	ENVNT	2	1996-08-01	1	19.6	Philomena Thistlewood5	15 Kettledrum Lane	Town	\N	France
29	FNVNT	3	1996-08-02	2	20.3	Philomena Thistlewood6	18 Kettledrum Lane	Town	\N	France
30	GNVNT	4	1996-08-03	1	21	Philomena Thistlewood7	21 Kettledrum Lane	Town	\N	France
31	HNVNT	5	1996-08-04	2	21.7	Philomena Thistlewood8	24 Kettledrum Lane	Town	\N	France
32	INVNT	6	1996-08-05	1	22.4	Philomena Thistlewood9	27 Kettledrum Lane	Town	\N	France
33	JNVNT	7	1996-08-06	2	23.1	Philomena Thistlewood10	30 Kettledrum Lane	Town	\N	France
34	KNVNT	8	1996-08-07	1	23.8	Philomena Thistlewood11	33 Kettledrum Lane	Town	\N	France
35	LNVNT	9	1996-08-08	2	24.5	Philomena Thistlewood12	36 Kettledrum Lane	Town	\N	France
36	MNVNT	1	1996-08-09	1	25.2	Philomena Thistlewood13	39 Kettledrum Lane	Town	\N	France
37	NNVNT	2	1996-08-10	2	25.9	Philomena Thistlewood14	42 Kettledrum Lane	Town	\N	France
38	ONVNT	3	1996-08-11	1	26.6	Philomena Thistlewood15	45 Kettledrum Lane	Town	\N	France
39	PNVNT	4	1996-08-12	2	27.3	Philomena Thistlewood16	48 Kettledrum Lane	Town	\N	France
40	QNVNT	5	1996-08-13	1	28	Philomena Thistlewood17	51 Kettledrum Lane	Town	\N	France
41	RNVNT	6	1996-08-14	2	28.7	Philomena Thistlewood18	54 Kettledrum Lane	Town	\N	France
42	SNVNT	7	1996-08-15	1	29.4	Philomena Thistlewood19	57 Kettledrum Lane	Town	\N	France
43	TNVNT	8	1996-08-16	2	30.1	Philomena Thistlewood20	60 Kettledrum Lane	Town	\N	France
44	UNVNT	9	1996-08-17	1	30.8	Philomena Thistlewood21	63 Kettledrum Lane	Town	\N	France
45	VNVNT	1	1996-08-18	2	31.5	Philomena Thistlewood22	66 Kettledrum Lane	Town	\N	France
46	WNVNT	2	1996-08-19	1	32.2	Philomena Thistlewood23	69 Kettledrum Lane	Town	\N	France
47	XNVNT	3	1996-08-20	2	32.9	Philomena Thistlewood24	72 Kettledrum Lane	Town	\N	France
48	ANVNT	4	1996-08-21	1	33.6	Philomena Thistlewood1	3 Kettledrum Lane	Town	\N	France
49	BNVNT	5	1996-08-22	2	34.3	Philomena Thistlewood2	6 Kettledrum Lane	Town	\N	France
50	CNVNT	6	1996-08-23	1	35	Philomena Thistlewood3	9 Kettledrum Lane	Town	\N	France
51	DNVNT	7	1996-08-24	2	35.7	Philomena Thistlewood4	12 Kettledrum Lane	Town	\N	France
52	ENVNT	8	1996-08-25	1	36.4	Philomena Thistlewood5	15 Kettledrum Lane	Town	\N	France
53	FNVNT	9	1996-08-26	2	37.1	Philomena Thistlewood6	18 Kettledrum Lane	Town	\N	France
54	GNVNT	1	1996-08-27	1	37.8	Philomena Thistlewood7	21 Kettledrum Lane	Town	\N	France
55	HNVNT	2	1996-08-28	2	38.5	Philomena Thistlewood8	24 Kettledrum Lane	Town	\N	France
56	INVNT	3	1996-08-29	1	39.2	Philomena Thistlewood9	27 Kettledrum Lane	Town	\N	France
57	JNVNT	4	1996-08-30	2	39.9	Philomena Thistlewood10	30 Kettledrum Lane	Town	\N	France
58	KNVNT	5	1996-08-31	1	40.6	Philomena Thistlewood11	33 Kettledrum Lane	Town	\N	France
59	LNVNT	6	1996-09-01	2	41.3	Philomena Thistlewood12	36 Kettledrum Lane	Town	\N	France
60	MNVNT	7	1996-09-02	1	42	Philomena Thistlewood13	39 Kettledrum Lane	Town	\N	France
61	NNVNT	8	1996-09-03	2	42.7	Philomena Thistlewood14	42 Kettledrum Lane	Town	\N	France
62	ONVNT	9	1996-09-04	1	43.4	Philomena Thistlewood15	45 Kettledrum Lane	Town	\N	France
63	PNVNT	1	1996-09-05	2	44.1	Philomena Thistlewood16	48 Kettledrum Lane	Town	\N	France
64	QNVNT	2	1996-09-06	1	44.8	Philomena Thistlewood17	51 Kettledrum Lane	Town	\N	France
65	RNVNT	3	1996-09-07	2	45.5	Philomena Thistlewood18	54 Kettledrum Lane	Town	\N	France
66	SNVNT	4	1996-09-08	1	46.2	Philomena Thistlewood19	57 Kettledrum Lane	Town	\N	France
67	TNVNT	5	1996-09-09	2	46.9	Philomena Thistlewood20	60 Kettledrum Lane	Town	\N	France
68	UNVNT	6	1996-09-10	1	47.6	Philomena Thistlewood21	63 Kettledrum Lane	Town	\N	France
69	VNVNT	7	1996-09-11	2	48.3	Philomena Thistlewood22	66 Kettledrum Lane	Town	\N	France
70	WNVNT	8	1996-09-12	1	49	Philomena Thistlewood23	69 Kettledrum Lane	Town	\N	France
71	XNVNT	9	1996-09-13	2	49.7	Philomena Thistlewood24	72 Kettledrum Lane	Town	\N	France
72	ANVNT	1	1996-09-14	1	50.4	Philomena Thistlewood1	3 Kettledrum Lane	Town	\N	France
73	BNVNT	2	1996-09-15	2	51.1	Philomena Thistlewood2	6 Kettledrum Lane	Town	\N	France
74	CNVNT	3	1996-09-16	1	51.8	Philomena Thistlewood3	9 Kettledrum Lane	Town	\N	France
75	DNVNT	4	1996-09-17	2	52.5	Philomena Thistlewood4	12 Kettledrum Lane	Town	\N	France
76	ENVNT	5	1996-09-18	1	53.2	Philomena Thistlewood5	15 Kettledrum Lane	Town	\N	France
77	FNVNT	6	1996-09-19	2	53.9	Philomena Thistlewood6	18 Kettledrum Lane	Town	\N	France
78	GNVNT	7	1996-09-20	1	54.6	Philomena Thistlewood7	21 Kettledrum Lane	Town	\N	France
79	HNVNT	8	1996-09-21	2	55.3	Philomena Thistlewood8	24 Kettledrum Lane	Town	\N	France
80	INVNT	9	1996-09-22	1	56	Philomena Thistlewood9	27 Kettledrum Lane	Town	\N	France
81	JNVNT	1	1996-09-23	2	56.7	Philomena Thistlewood10	30 Kettledrum Lane	Town	\N	France
82	KNVNT	2	1996-09-24	1	57.4	Philomena Thistlewood11	33 Kettledrum Lane	Town	\N	France
83	LNVNT	3	1996-09-25	2	58.1	Philomena Thistlewood12	36 Kettledrum Lane	Town	\N	France
84	MNVNT	4	1996-09-26	1	58.8	Philomena Thistlewood13	39 Kettledrum Lane	Town	\N	France
85	NNVNT	5	1996-09-27	2	59.5	Philomena Thistlewood14	42 Kettledrum Lane	Town	\N	France
86	ONVNT	6	1996-09-28	1	60.2	Philomena Thistlewood15	45 Kettledrum Lane	Town	\N	France
87	PNVNT	7	1996-09-29	2	60.9	Philomena Thistlewood16	48 Kettledrum Lane	Town	\N	France
88	QNVNT	8	1996-09-30	1	61.6	Philomena Thistlewood17	51 Kettledrum Lane	Town	\N	France
89	RNVNT	9	1996-10-01	2	62.3	Philomena Thistlewood18	54 Kettledrum Lane	Town	\N	France
90	SNVNT	1	1996-10-02	1	63	Philomena Thistlewood19	57 Kettledrum Lane	Town	\N	France
91	TNVNT	2	1996-10-03	2	63.7	Philomena Thistlewood20	60 Kettledrum Lane	Town	\N	France
92	UNVNT	3	1996-10-04	1	64.4	Philomena Thistlewood21	63 Kettledrum Lane	Town	\N	France
93	VNVNT	4	1996-10-05	2	65.1	Philomena Thistlewood22	66 Kettledrum Lane	Town	\N	France
94	WNVNT	5	1996-10-06	1	65.8	Philomena Thistlewood23	69 Kettledrum Lane	Town	\N	France
95	XNVNT	6	1996-10-07	2	66.5	Philomena Thistlewood24	72 Kettledrum Lane	Town	\N	France
96	ANVNT	7	1996-10-08	1	67.2	Philomena Thistlewood1	3 Kettledrum Lane	Town	\N	France
97	BNVNT	8	1996-10-09	2	67.9	Philomena Thistlewood2	6 Kettledrum Lane	Town	\N	France
98	CNVNT	9	1996-10-10	1	68.6	Philomena Thistlewood3	9 Kettledrum Lane	Town	\N	France
99	DNVNT	1	1996-10-11	2	69.3	Philomena Thistlewood4	12 Kettledrum Lane	Town	\N	France
100	ENVNT	2	1996-10-12	1	70	Philomena Thistlewood5	15 Kettledrum Lane	Town	\N	France
101	FNVNT	3	1996-10-13	2	70.7	Philomena Thistlewood6	18 Kettledrum Lane	Town	\N	France
102	GNVNT	4	1996-10-14	1	71.4	Philomena Thistlewood7	21 Kettledrum Lane	Town	\N	France
103	HNVNT	5	1996-10-15	2	72.1	Philomena Thistlewood8	24 Kettledrum Lane	Town	\N	France
104	INVNT	6	1996-10-16	1	72.8	Philomena Thistlewood9	27 Kettledrum Lane	Town	\N	France
105	JNVNT	7	1996-10-17	2	73.5	Philomena Thistlewood10	30 Kettledrum Lane	Town	\N	France
106	KNVNT	8	1996-10-18	1	74.2	Philomena Thistlewood11	33 Kettledrum Lane	Town	\N	France
107	LNVNT	9	1996-10-19	2	74.9	Philomena Thistlewood12	36 Kettledrum Lane	Town	\N	France
108	MNVNT	1	1996-10-20	1	75.6	Philomena Thistlewood13	39 Kettledrum Lane	Town	\N	France
109	NNVNT	2	1996-10-21	2	76.3	Philomena Thistlewood14	42 Kettledrum Lane	Town	\N	France
110	ONVNT	3	1996-10-22	1	77	Philomena Thistlewood15	45 Kettledrum Lane	Town	\N	France
111	PNVNT	4	1996-10-23	2	77.7	Philomena Thistlewood16	48 Kettledrum Lane	Town	\N	France
112	QNVNT	5	1996-10-24	1	78.4	Philomena Thistlewood17	51 Kettledrum Lane	Town	\N	France
113	RNVNT	6	1996-10-25	2	79.1	Philomena Thistlewood18	54 Kettledrum Lane	Town	\N	France
114	SNVNT	7	1996-10-26	1	79.8	Philomena Thistlewood19	57 Kettledrum Lane	Town	\N	France
115	TNVNT	8	1996-10-27	2	80.5	Philomena Thistlewood20	60 Kettledrum Lane	Town	\N	France
116	UNVNT	9	1996-10-28	1	81.2	Philomena Thistlewood21	63 Kettledrum Lane	Town	\N	France
117	VNVNT	1	1996-10-29	2	81.9	Philomena Thistlewood22	66 Kettledrum Lane	Town	\N	France
118	WNVNT	2	1996-10-30	1	82.6	Philomena Thistlewood23	69 Kettledrum Lane	Town	\N	France
119	XNVNT	3	1996-10-31	2	83.3	Philomena Thistlewood24	72 Kettledrum Lane	Town	\N	France
120	ANVNT	4	1996-11-01	1	84	Philomena Thistlewood1	3 Kettledrum Lane	Town	\N	France
\.


--
-- Data for Name: products; Type: TABLE DATA; Schema: sales; Owner: northwind_app
--

COPY sales.products (product_id, product_name, supplier_id, category_id, unit_price, units_in_stock, discontinued) FROM stdin;
1	Product 1	2	2	1.5	3	1
2	Product 2	3	3	3	6	0
3	Product 3	4	4	4.5	9	1
4	Product 4	5	5	6	12	0
5	Product 5	6	6	7.5	15	1
6	Product 6	7	7	9	18	0
7	Product 7	1	8	10.5	21	1
8	Product 8	2	1	12	24	0
9	Product 9	3	2	13.5	27	1
10	Product 10	4	3	15	30	0
11	Product 11	5	4	16.5	33	1
12	Product 12	6	5	18	36	0
13	Product 13	7	6	19.5	39	1
14	Product 14	1	7	21	42	0
15	Product 15	2	8	22.5	45	1
16	Product 16	3	1	24	48	0
17	Product 17	4	2	25.5	51	1
18	Product 18	5	3	27	54	0
19	Product 19	6	4	28.5	57	1
20	Product 20	7	5	30	60	0
21	Product 21	1	6	31.5	63	1
22	Product 22	2	7	33	66	0
23	Product 23	3	8	34.5	69	1
24	Product 24	4	1	36	72	0
25	Product 25	5	2	37.5	75	1
26	Product 26	6	3	39	78	0
27	Product 27	7	4	40.5	81	1
28	Product 28	1	5	42	84	0
29	Product 29	2	6	43.5	87	1
30	Product 30	3	7	45	90	0
31	Product 31	4	8	46.5	93	1
32	Product 32	5	1	48	96	0
33	Product 33	6	2	49.5	99	1
34	Product 34	7	3	51	102	0
35	Product 35	1	4	52.5	105	1
36	Product 36	2	5	54	108	0
37	Product 37	3	6	55.5	111	1
38	Product 38	4	7	57	114	0
39	Product 39	5	8	58.5	117	1
40	Product 40	6	1	60	120	0
\.


--
-- Data for Name: region; Type: TABLE DATA; Schema: sales; Owner: northwind_app
--

COPY sales.region (region_id, region_description) FROM stdin;
1	Eastern
2	Western
\.


--
-- Data for Name: shippers; Type: TABLE DATA; Schema: sales; Owner: northwind_app
--

COPY sales.shippers (shipper_id, company_name, phone) FROM stdin;
1	Speedy	+33 800 1
2	United	+33 800 2
\.


--
-- Data for Name: suppliers; Type: TABLE DATA; Schema: sales; Owner: northwind_app
--

COPY sales.suppliers (supplier_id, company_name, contact_name, address, phone, homepage) FROM stdin;
1	Supplier 1	Ignatius Copperfield1	1 Quay	+49 30 5550001	#http://supplier1.example#
2	Supplier 2	Ignatius Copperfield2	2 Quay	+49 30 5550002	#http://supplier2.example#
3	Supplier 3	Ignatius Copperfield3	3 Quay	+49 30 5550003	#http://supplier3.example#
4	Supplier 4	Ignatius Copperfield4	4 Quay	+49 30 5550004	#http://supplier4.example#
5	Supplier 5	Ignatius Copperfield5	5 Quay	+49 30 5550005	#http://supplier5.example#
6	Supplier 6	Ignatius Copperfield6	6 Quay	+49 30 5550006	#http://supplier6.example#
7	Supplier 7	Ignatius Copperfield7	7 Quay	+49 30 5550007	#http://supplier7.example#
\.


--
-- Data for Name: territories; Type: TABLE DATA; Schema: sales; Owner: northwind_app
--

COPY sales.territories (territory_id, territory_description, region_id) FROM stdin;
00001	Territory 1	2
00002	Territory 2	1
00003	Territory 3	2
00004	Territory 4	1
00005	Territory 5	2
00006	Territory 6	1
00007	Territory 7	2
00008	Territory 8	1
00009	Territory 9	2
00010	Territory 10	1
00011	Territory 11	2
00012	Territory 12	1
\.


--
-- Data for Name: us_states; Type: TABLE DATA; Schema: sales; Owner: northwind_app
--

COPY sales.us_states (state_id, state_name, state_abbr) FROM stdin;
1	Alabama	AL
2	Alaska	AK
\.


--
-- Name: categories categories_pkey; Type: CONSTRAINT; Schema: sales; Owner: northwind_app
--

ALTER TABLE ONLY sales.categories
    ADD CONSTRAINT categories_pkey PRIMARY KEY (category_id);


--
-- Name: customer_customer_demo customer_customer_demo_pkey; Type: CONSTRAINT; Schema: sales; Owner: northwind_app
--

ALTER TABLE ONLY sales.customer_customer_demo
    ADD CONSTRAINT customer_customer_demo_pkey PRIMARY KEY (customer_id, customer_type_id);


--
-- Name: customer_demographics customer_demographics_pkey; Type: CONSTRAINT; Schema: sales; Owner: northwind_app
--

ALTER TABLE ONLY sales.customer_demographics
    ADD CONSTRAINT customer_demographics_pkey PRIMARY KEY (customer_type_id);


--
-- Name: customers customers_pkey; Type: CONSTRAINT; Schema: sales; Owner: northwind_app
--

ALTER TABLE ONLY sales.customers
    ADD CONSTRAINT customers_pkey PRIMARY KEY (customer_id);


--
-- Name: employee_territories employee_territories_pkey; Type: CONSTRAINT; Schema: sales; Owner: northwind_app
--

ALTER TABLE ONLY sales.employee_territories
    ADD CONSTRAINT employee_territories_pkey PRIMARY KEY (employee_id, territory_id);


--
-- Name: employees employees_pkey; Type: CONSTRAINT; Schema: sales; Owner: northwind_app
--

ALTER TABLE ONLY sales.employees
    ADD CONSTRAINT employees_pkey PRIMARY KEY (employee_id);


--
-- Name: order_details order_details_pkey; Type: CONSTRAINT; Schema: sales; Owner: northwind_app
--

ALTER TABLE ONLY sales.order_details
    ADD CONSTRAINT order_details_pkey PRIMARY KEY (order_id, product_id);


--
-- Name: orders orders_pkey; Type: CONSTRAINT; Schema: sales; Owner: northwind_app
--

ALTER TABLE ONLY sales.orders
    ADD CONSTRAINT orders_pkey PRIMARY KEY (order_id);


--
-- Name: products products_pkey; Type: CONSTRAINT; Schema: sales; Owner: northwind_app
--

ALTER TABLE ONLY sales.products
    ADD CONSTRAINT products_pkey PRIMARY KEY (product_id);


--
-- Name: region region_pkey; Type: CONSTRAINT; Schema: sales; Owner: northwind_app
--

ALTER TABLE ONLY sales.region
    ADD CONSTRAINT region_pkey PRIMARY KEY (region_id);


--
-- Name: shippers shippers_pkey; Type: CONSTRAINT; Schema: sales; Owner: northwind_app
--

ALTER TABLE ONLY sales.shippers
    ADD CONSTRAINT shippers_pkey PRIMARY KEY (shipper_id);


--
-- Name: suppliers suppliers_pkey; Type: CONSTRAINT; Schema: sales; Owner: northwind_app
--

ALTER TABLE ONLY sales.suppliers
    ADD CONSTRAINT suppliers_pkey PRIMARY KEY (supplier_id);


--
-- Name: territories territories_pkey; Type: CONSTRAINT; Schema: sales; Owner: northwind_app
--

ALTER TABLE ONLY sales.territories
    ADD CONSTRAINT territories_pkey PRIMARY KEY (territory_id);


--
-- Name: us_states us_states_pkey; Type: CONSTRAINT; Schema: sales; Owner: northwind_app
--

ALTER TABLE ONLY sales.us_states
    ADD CONSTRAINT us_states_pkey PRIMARY KEY (state_id);


--
-- Name: employees_name; Type: INDEX; Schema: sales; Owner: northwind_app
--

CREATE INDEX employees_name ON sales.employees USING gin (last_name public.gin_trgm_ops);


--
-- Name: us_states no_delete; Type: RULE; Schema: sales; Owner: northwind_app
--

CREATE RULE no_delete AS
    ON DELETE TO sales.us_states DO INSTEAD NOTHING;


--
-- Name: customer_customer_demo customer_customer_demo_customer_id_fkey; Type: FK CONSTRAINT; Schema: sales; Owner: northwind_app
--

ALTER TABLE ONLY sales.customer_customer_demo
    ADD CONSTRAINT customer_customer_demo_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES sales.customers(customer_id);


--
-- Name: customer_customer_demo customer_customer_demo_customer_type_id_fkey; Type: FK CONSTRAINT; Schema: sales; Owner: northwind_app
--

ALTER TABLE ONLY sales.customer_customer_demo
    ADD CONSTRAINT customer_customer_demo_customer_type_id_fkey FOREIGN KEY (customer_type_id) REFERENCES sales.customer_demographics(customer_type_id);


--
-- Name: employee_territories employee_territories_employee_id_fkey; Type: FK CONSTRAINT; Schema: sales; Owner: northwind_app
--

ALTER TABLE ONLY sales.employee_territories
    ADD CONSTRAINT employee_territories_employee_id_fkey FOREIGN KEY (employee_id) REFERENCES sales.employees(employee_id);


--
-- Name: employee_territories employee_territories_territory_id_fkey; Type: FK CONSTRAINT; Schema: sales; Owner: northwind_app
--

ALTER TABLE ONLY sales.employee_territories
    ADD CONSTRAINT employee_territories_territory_id_fkey FOREIGN KEY (territory_id) REFERENCES sales.territories(territory_id);


--
-- Name: employees employees_reports_to_fkey; Type: FK CONSTRAINT; Schema: sales; Owner: northwind_app
--

ALTER TABLE ONLY sales.employees
    ADD CONSTRAINT employees_reports_to_fkey FOREIGN KEY (reports_to) REFERENCES sales.employees(employee_id);


--
-- Name: order_details order_details_order_id_fkey; Type: FK CONSTRAINT; Schema: sales; Owner: northwind_app
--

ALTER TABLE ONLY sales.order_details
    ADD CONSTRAINT order_details_order_id_fkey FOREIGN KEY (order_id) REFERENCES sales.orders(order_id);


--
-- Name: order_details order_details_product_id_fkey; Type: FK CONSTRAINT; Schema: sales; Owner: northwind_app
--

ALTER TABLE ONLY sales.order_details
    ADD CONSTRAINT order_details_product_id_fkey FOREIGN KEY (product_id) REFERENCES sales.products(product_id);


--
-- Name: orders orders_customer_id_fkey; Type: FK CONSTRAINT; Schema: sales; Owner: northwind_app
--

ALTER TABLE ONLY sales.orders
    ADD CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES sales.customers(customer_id);


--
-- Name: orders orders_employee_id_fkey; Type: FK CONSTRAINT; Schema: sales; Owner: northwind_app
--

ALTER TABLE ONLY sales.orders
    ADD CONSTRAINT orders_employee_id_fkey FOREIGN KEY (employee_id) REFERENCES sales.employees(employee_id);


--
-- Name: orders orders_ship_via_fkey; Type: FK CONSTRAINT; Schema: sales; Owner: northwind_app
--

ALTER TABLE ONLY sales.orders
    ADD CONSTRAINT orders_ship_via_fkey FOREIGN KEY (ship_via) REFERENCES sales.shippers(shipper_id);


--
-- Name: products products_category_id_fkey; Type: FK CONSTRAINT; Schema: sales; Owner: northwind_app
--

ALTER TABLE ONLY sales.products
    ADD CONSTRAINT products_category_id_fkey FOREIGN KEY (category_id) REFERENCES sales.categories(category_id);


--
-- Name: products products_supplier_id_fkey; Type: FK CONSTRAINT; Schema: sales; Owner: northwind_app
--

ALTER TABLE ONLY sales.products
    ADD CONSTRAINT products_supplier_id_fkey FOREIGN KEY (supplier_id) REFERENCES sales.suppliers(supplier_id);


--
-- Name: territories territories_region_id_fkey; Type: FK CONSTRAINT; Schema: sales; Owner: northwind_app
--

ALTER TABLE ONLY sales.territories
    ADD CONSTRAINT territories_region_id_fkey FOREIGN KEY (region_id) REFERENCES sales.region(region_id);


--
-- Name: SCHEMA sales; Type: ACL; Schema: -; Owner: northwind_app
--

GRANT USAGE ON SCHEMA sales TO northwind_report;


--
-- Name: TABLE categories; Type: ACL; Schema: sales; Owner: northwind_app
--

GRANT SELECT ON TABLE sales.categories TO northwind_report;


--
-- Name: TABLE customer_customer_demo; Type: ACL; Schema: sales; Owner: northwind_app
--

GRANT SELECT ON TABLE sales.customer_customer_demo TO northwind_report;


--
-- Name: TABLE customer_demographics; Type: ACL; Schema: sales; Owner: northwind_app
--

GRANT SELECT ON TABLE sales.customer_demographics TO northwind_report;


--
-- Name: TABLE customers; Type: ACL; Schema: sales; Owner: northwind_app
--

GRANT SELECT ON TABLE sales.customers TO northwind_report;


--
-- Name: TABLE employee_territories; Type: ACL; Schema: sales; Owner: northwind_app
--

GRANT SELECT ON TABLE sales.employee_territories TO northwind_report;


--
-- Name: TABLE employees; Type: ACL; Schema: sales; Owner: northwind_app
--

GRANT SELECT ON TABLE sales.employees TO northwind_report;


--
-- Name: TABLE order_details; Type: ACL; Schema: sales; Owner: northwind_app
--

GRANT SELECT ON TABLE sales.order_details TO northwind_report;


--
-- Name: TABLE orders; Type: ACL; Schema: sales; Owner: northwind_app
--

GRANT SELECT ON TABLE sales.orders TO northwind_report;


--
-- Name: TABLE products; Type: ACL; Schema: sales; Owner: northwind_app
--

GRANT SELECT ON TABLE sales.products TO northwind_report;


--
-- Name: TABLE region; Type: ACL; Schema: sales; Owner: northwind_app
--

GRANT SELECT ON TABLE sales.region TO northwind_report;


--
-- Name: TABLE shippers; Type: ACL; Schema: sales; Owner: northwind_app
--

GRANT SELECT ON TABLE sales.shippers TO northwind_report;


--
-- Name: TABLE suppliers; Type: ACL; Schema: sales; Owner: northwind_app
--

GRANT SELECT ON TABLE sales.suppliers TO northwind_report;


--
-- Name: TABLE territories; Type: ACL; Schema: sales; Owner: northwind_app
--

GRANT SELECT ON TABLE sales.territories TO northwind_report;


--
-- Name: TABLE us_states; Type: ACL; Schema: sales; Owner: northwind_app
--

GRANT SELECT ON TABLE sales.us_states TO northwind_report;


--
-- PostgreSQL database dump complete
--

\unrestrict pvRHb2gEana8aQxwrPrkpSIjohcNrng6j8vT3II18pO4WU91PSKcggoRCO7n0jP

