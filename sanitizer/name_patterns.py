"""The words that names of columns and tables are made of, in several languages: English, German, French, Spanish, and some others.

Patterns stand between spaces; they are read against names in lower case without accents, whose words are joined by `_`. An `_` may be missing
in a name, but not before `\\w`. Of the kinds of columns, the most telling stand first.
"""

from sanitizer import kinds
from sanitizer.kinds import Kind

COLUMNS: tuple[tuple[Kind, str], ...] = (
    (
        kinds.SECRET,
        r"""
        pass_?word[s]? passwd pwd pass_phrase pass_code hashed_pass(word)? salt secrets? tokens? api_keys? access_keys?
        private_keys? secret_keys? public_keys? signing_key encryption_key auth_(key|code|hash|data) otp totp mfa(_\w+)?
        pin(_code)? credentials? session_(id|key|data) dsn connection_(string|url) jwt nonce
        recovery_codes? backup_codes? security_(question|answer|code) licen[cs]e_key cvv2? cvc2? mot_de_passe mdp
        cle_(api|privee|secrete) jetons? passwor[dt]er kennwort(er)? passwort(_\w+)? geheimnis contrasenas? clave(_\w+)?
        palabra_clave senha wachtwoord (web_)?hooks?_(url|uri|endpoint|target) web_hooks? callback_ur[il]s? smtp(_\w+)?
        mail_(host|server|relay|transport|settings?|config\w*) mailer_\w+
        """,
    ),
    (
        kinds.EMAIL,
        r"""
        e_mail(s|_?addresse?s?|_?adresse)? mails? mail_(address|adresse) courriels? correos?(_electronicos?)?
        """,
    ),
    (
        kinds.PHONE,
        r"""
        phones?(_?numbers?|_?no|_?nr)? tel tele_?phones?(_?numbers?)? telefon(e|o|nummer|_nr)?
        mobiles?(_?(phone|number|no|nr))? cell(_?(phone|number))? fax(_?\w+)? handy(nummer|_nr)?
        mobil(funk|nummer|telefon)? rufnummer portables? numero_(de_)?(tel(ephone|efono)?|portable|movil) movil(es)?
        celular(es)? msisdn whatsapp sms_number
        """,
    ),
    (
        kinds.CARD,
        r"""
        (credit|debit|payment|bank)_?cards?(_\w+)?
        cards?_(number|no|num|nr|pan|last_?(4|four)(_digits)?|expiry|exp(_\w+)?|holder\w*) pan
        cc(_?(number|num|no|exp\w*|last_?4))? last_?(4|four)(_digits)? kreditkarten?(_?\w+)? karten_?nummer
        (numero_(de_)?)?carte(_(bancaire|bleue|de_credit))? (numero_(de_)?)?tarjeta(_\w+)?
        """,
    ),
    (
        kinds.BANK,
        r"""
        iban(_\w+)? bic swift(_code)? bank_?(account|details|name|code|konto|verbindung)?(_\w+)?
        account_(number|no|num|nr|holder\w*) konto(_?(nummer|nr|inhaber))? rib routing_(number|no) sort_code blz
        bankleitzahl compte_bancaire numero_(de_)?compte cuenta_bancaria numero_(de_)?cuenta clabe
        """,
    ),
    (
        kinds.NATIONAL_ID,
        r"""
        ssn social_security(_\w+)? social_insurance(_\w+)?
        (national|personal|citizen|government|fiscal|tax|tax_?payer)_?(id|ident\w*|number|no|nr|code)(_?number)?
        passports?(_\w+)? tin vat(_?(id|number|no|nr))? id_(card|number|document)(_\w+)?
        identity_?(card|number|document)?(_\w+)? driv(er|ers|ing)_?licen[cs]es?(_\w+)? licen[cs]e_plate(_\w+)?
        number_plate vin nif nie dni cif rfc curp cedula(_\w+)? documento(_\w+)? nir num(ero)?_(de_)?secu(rite_sociale)?
        securite_sociale carte_(d_)?identite permis(_de_conduire)? siren siret immatriculation numero_fiscal
        tva(_intra\w*)? steuer_?(id|nummer|nr|identifikations\w*) ust_?id(_?nr)? sozialversicherungs_?(nummer|nr) svnr
        rentenversicherungs\w* personal_?ausweis\w* ausweis(_?(nummer|nr))? reisepass\w* fuhrerschein\w*
        fuehrerschein\w* kennzeichen pasaporte seguridad_social numero_(de_)?(identidad|identificacion) pesel cpf cnpj
        bsn nino nhs(_\w+)? aadhaar medicare(_\w+)? personnummer codice_fiscale
        """,
    ),
    (
        kinds.DEVICE,
        r"""
        user_?agents? devices?(_?(id|token|uuid|name|fingerprint))? imei imsi udid idfa gaid advertising_id
        mac_?addr(ess)? finger_?prints? cookies? serial_(number|no) push_tokens?
        """,
    ),
    (
        kinds.IP,
        r"""
        ips?(_?v[46])?
        (client|remote|source|src|peer|server|last|login|user|sign_in|current)_?(ip|host|addr)(_?(address|addr))?
        ip_?(address|addr|adresse)(es)? host_?names? x_?forwarded_?for remote_?(addr|host)(ess)? adresse_ip direccion_ip
        """,
    ),
    (
        kinds.BIRTH,
        r"""
        (birth|born)(_?(date|day|year|month|place|name|time|on|at|country|city))?
        (date|day|year|place|country|city)_of_birth dob birthdate bday age date_(de_)?naissance naissance
        lieu_(de_)?naissance annee_(de_)?naissance geb(urts)?_?(datum|tag|ort|jahr|land|name)? alter
        fecha_(de_)?nac(imiento)? nacimiento lugar_(de_)?nacimiento edad data_(di_)?nascita geboortedatum
        data_(de_)?nascimento date_of_death death_date died_(on|at) deceased(_\w+)?
        """,
    ),
    (
        kinds.GENDER,
        r"""
        genders? sex sexes? sexe civilite geschlecht anrede salutations? pronouns? genero sexo tratamiento honorific
        name_prefix
        """,
    ),
    (
        kinds.BELIEF,
        r"""
        religion\w* religious\w* confession konfession glaube ethnicit\w+ ethnic\w* race$ nationality nationalit\w+
        nationalite citizenship staats_?angehorigkeit staatsbuergerschaft nacionalidad political_\w+ party_membership
        (trade_)?union_member\w* sexual(_\w+|ity) orientation_sexuelle orientacion_sexual marital_?status civil_status
        familienstand situation_familiale etat_civil estado_civil criminal_\w+ convictions? disabilit\w+ immigration_\w+
        """,
    ),
    (
        kinds.HEALTH,
        r"""
        health\w*(_\w+)? medical(_\w+)? diagnos\w+ disease\w* illness\w* symptoms? allerg\w+
        blood_?(type|group|pressure)? medications? prescriptions? treatments? pregnan\w+ hiv(_\w+)? bmi
        body_(weight|height) disabled_person krankheit\w* kranken(kasse|versicherung|geschichte)(_\w+)? gesundheit\w*
        befund\w* blutgruppe medikament\w* behinderung\w* schwanger\w* sante maladies? groupe_sanguin medicaments?
        antecedents handicap\w* grossesse mutuelle salud enfermedad(es)? alergias? grupo_sanguineo medicamentos?
        discapacidad embarazo historia_clinica vaccin\w+
        """,
    ),
    (
        kinds.MONEY,
        r"""
        salar(y|ies)(_\w+)? wages? incomes?(_\w+)? net_worth credit_(score|rating|limit) compensation
        pay_(rate|grade|roll) bonus(es)? payroll(_\w+)? gehalt\w* lohn\w* einkommen\w* vermogen salaires? revenus?
        remuneration salarios? sueldos? ingresos? nomina
        """,
    ),
    (
        kinds.PICTURE,
        r"""
        photos?(_\w+)? pictures?(_\w+)? avatars?(_\w+)? portraits? selfies?(_\w+)? images?(_\w+)? thumbnails?(_\w+)?
        scans? signature(_image)?s? (profile|cover)_(image|pic)\w* fotos? bild(er)? imagen(es)? biometric\w* face(_\w+)?
        attachments? files?(_?(name|content|data|path))? documents? uploads? blobs? anhang anhange fichiers?
        pieces?_jointes? adjuntos? archivos?
        """,
    ),
    (
        kinds.URL,
        r"""
        ur[li]s?(_\w+)? links? web_?(sites?|page)? home_?pages? referr?er(_url)? site_(web|internet) sitio_web
        pagina_web profile_link
        """,
    ),
    (
        kinds.USERNAME,
        r"""
        user_?names? logins?(_?name)? nick(_?names?)? handles? screen_names? account_names? pseudos?(nyme)?
        identifiants? nom_(d_)?utilisateur benutzer(_?(name|kennung))? anmeldename usuario(s)? nombre_(de_)?usuario
        utilisateurs? twitter facebook instagram linkedin skype telegram discord github snapchat tiktok
        social_(handle|profile|media)\w*
        (google|facebook|apple|twitter|github|linkedin|microsoft|azure|saml|oauth|ldap)_?(id|uid|sub|user\w*)
        external_user_id
        (created|updated|modified|changed|deleted|approved|reviewed|assigned|edited|signed|handled|managed|requested|processed|owned|inserted|entered|closed|opened|invited)_(by|to)(_?(user|name))?
        erstellt_von geandert_von bearbeiter cree_par modifie_par creado_por modificado_por actor
        """,
    ),
    (
        kinds.COMPANY,
        r"""
        compan(y|ies)(_?name)? organi[sz]ations?(_?name)? employers?(_?name)? firma(_?name)? firmenname unternehmen
        arbeitgeber entreprises? raison_sociale societes? employeur empresas? razon_social empleador
        nombre_(de_)?empresa business_name trading_name
        """,
    ),
    (
        kinds.PERSON,
        r"""
        (first|last|full|middle|maiden|family|given|sur|fore|christian|display|real|legal|preferred|birth|former|native|alias|call|short|user_full)_?names?
        (customer|client|patient|employee|contact|member|user|guest|passenger|student|teacher|doctor|driver|owner|author|sender|receiver|recipient|buyer|seller|tenant|applicant|candidate|billing|shipping|delivery|account_holder|cardholder|beneficiary|spouse|mother|father|parent|child|person|people|emergency_contact|staff|manager|agent|kunden|ansprech|mitarbeiter)_?(full_?)?names?
        (name|nom|nombre)_(first|last|full|middle|family|given) card_?holders? account_?holders? holders? initials
        recipients? addressees? contact(_person)? authors? assignees? owners? reviewers? signator(y|ies)
        beneficiar(y|ies) spouses? next_of_kin emergency_contact(_\w+)? prenoms? noms?
        nom_(de_)?(famille|naissance|jeune_fille|complet|client|usage) titulaire destinataires? beneficiaires? auteurs?
        personne(_\w+)? vor_?namen? nach_?namen? familien_?namen? geburts_?namen? vollstandiger_name zuname empfanger
        empfaenger inhaber ansprechpartner kontakt(person)? verfasser nombres? apellidos?
        (primer|segundo)_(nombre|apellido) nombre_completo titular destinatario beneficiario autor contacto cognome
        nome_completo sobrenome voornaam achternaam
        """,
    ),
    (
        kinds.STREET,
        r"""
        streets?(_?(name|number|no|nr|address|line)(_?\d)?)?
        (mailing_|postal_|billing_|shipping_|home_|delivery_|street_|full_|bill_to_|ship_to_)?address(es)?(_?(line|street|full|text))?(_?\d)?
        addr(_?line)?(_?\d)? house_?(number|no|nr|name) po_?box apartment apt suite flat_number strasse(n_?name)?(_\w+)?
        str(_nr)? haus_?(nummer|nr) anschrift(en)? adress(e|en|zeile|zusatz)(_\w+)? post_?fach rue numero_(de_)?rue voie
        complement_(d_)?adresse lieu_dit batiment boite_postale calles? direccion(es)? domicilios? ^via$ indirizzo
        numero_(de_)?(calle|casa) piso apartado_postal straat endereco
        """,
    ),
    (
        kinds.POSTCODE,
        r"""
        zip(_?(code|plus_?4))? post(al)?_?codes? plz postleit_?zahl(en)? code_?postal cp codigo_?postal ^cap$ cep
        """,
    ),
    (
        kinds.PLACE,
        r"""
        lat lon lng long$ latitudes? longitudes? geo(_?(location|point|hash|code|position|json|data|lat\w*|lon\w*|lng))?
        geom(etry)? coord(s|inates?)? coordonnees location(s|_\w+)? gps(_\w+)? breitengrad langengrad laengengrad
        koordinaten latitud longitud ubicacion coordenadas localisation
        """,
    ),
    (
        kinds.CITY,
        r"""
        cit(y|ies)(_?name)? towns? villages? municipalit(y|ies) suburb hometown neighbou?rhood district county
        place_of_residence (wohn)?ort stadt gemeinde ortsteil stadtteil wohnsitz villes? communes? quartier lieu(_\w+)?
        ciudad(es)? localidad municipio poblacion barrio citta comune cidade woonplaats
        """,
    ),
    (
        kinds.TEXT,
        r"""
        notes? comments? remarks? descriptions? messages? bod(y|ies) text(_\w+)? content(s|_\w+)? memos? feedback
        reviews? bio(graphy)? about(_me)? subject(_line)? reasons? answers? questions? transcripts? details? summary
        payload data raw(_\w+)? extra meta(_?data)? query search_(term|query)s? hobbies bemerkung(en)? anmerkung(en)?
        notiz(en)? kommentar(e)? beschreibung(en)? nachricht(en)? betreff mitteilung(en)? hinweis(e)? freitext
        commentaires? remarques? observations? contenu texte objet motif avis notas? comentarios? mensajes?
        observaciones texto contenido asunto descripcion motivo descrizione opmerking(en)?
        """,
    ),
)
# Said after another word, these speak of something else: email_verified, phone_type, note_count.
OTHERWISE = r"""
    active allowed anzahl art at bounced checked confirmed consent count counter disabled enabled estado flag format
    id ids kind length nombre_de number_of on opt optin received required sent size state states status statut tipo
    typ type types valid validated verified version
"""
# Where the rows are those whom events are told to, an address is a way to call them.
HOOKS, CALLED = "(web_)?hooks? callbacks?", "ur[il]s? endpoints? targets? hrefs? address(es)? destinations?"
# Where the rows are people, a name is a person's.
PEOPLE = r"""
    customers? clients? users? contacts? persons? people employees? members? patients? students? teachers? doctors?
    drivers? guests? passengers? leads? subscribers? authors? accounts? staff profiles? applicants? candidates?
    voters? citizens? owners? tenants? recipients? suppliers? kunden? personen mitarbeiter benutzer mitglieder
    patienten schuler ansprechpartner kontakte utilisateurs? personnes? employes? salaries? membres? eleves?
    usuarios? personas? empleados? miembros? pacientes? alumnos? contactos?
"""
# What keeps what people did.
TRACES = r"""
    sessions? logs? audits? audit_log history histories tokens? sign_ins? login_attempts? logins activity activities
    events?_log journals? traces? visits? page_views? searches outbox inbox sent_(mails?|emails?) mail_queue
    historique protokolle? verlauf historie sitzung(en)? sesion(es)? historial auditoria registros? bitacora
"""
# Codes that say nothing about anybody, at the end of a name.
HARMLESS = r"""
    status currency devise waehrung wahrung moneda locale lang language langue sprache idioma country country_code
    pays land pais time_?zone unit einheit unite unidad version type typ tipo kind category kategorie categorie
    categoria level priority mode channel provider state statut estado role rolle color colour format encoding
    mime_?type content_type sku frequency severity stage phase plan tier environment
"""
