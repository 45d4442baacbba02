//! Words of names in other languages: countries, cities, and the nouns in names. They were chosen as the
//! words of their kind in German, French, Italian, Spanish, Polish, Russian and Hungarian, independently
//! of any pack. They are folded as [`fold`](super::fold) does.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Each row: the English word, then its forms in other languages.
const ROWS: &[(&str, &str)] = &[
    // Abbreviations.
    ("budapest", "bp bpest"),
    ("committee", "cttee"),
    ("general", "gen genl"),
    ("government", "gov govt gvt"),
    ("hungarian", "hung hun"),
    ("minister", "min"),
    ("national", "natl nat"),
    ("peoples", "ppls"),
    ("president", "pres"),
    ("revolutionary", "rev"),
    ("secretary", "sec"),
    ("soviet", "sov"),
    ("square", "sq"),
    ("university", "uni univ"),
    ("workers", "wrkrs wkrs"),
    // Countries, cities and nationalities.
    ("america", "amerika amerique ameryka estados"),
    ("american", "amerikai amerikanisch amerikanische amerikanischer americain americaine americano americana amerykanski"),
    ("austria", "osterreich oesterreich autriche ausztria austriya avstriya"),
    (
        "austrian",
        "osterreichische osterreichisch oesterreichische autrichien autrichienne austriaco austriaca osztrak austriacka austriacki",
    ),
    ("belgrade", "belgrad belgrado beograd nandorfehervar"),
    ("bucharest", "bukarest bucarest bucuresti bukareszt"),
    ("budapest", "budapeszt budapesht budapeste"),
    ("east", "ost est oriental orientale orientalis wschodni kelet keleti vostochnyy vostochnyi"),
    ("egypt", "agypten egypte egitto egipto egipt egyiptom"),
    ("england", "angleterre inghilterra inglaterra anglia"),
    ("europe", "europa evropa"),
    ("germany", "deutschland allemagne germania alemania niemcy nemetorszag"),
    (
        "hungarian",
        "ungarisch ungarische ungarischer ungarisches ungarischen hongrois hongroise ungherese ungheresi hungaro hungara wegierski wegierska wegierskie vengerskiy vengerskaya vengerskoe magyar",
    ),
    ("hungary", "ungarn hongrie ungheria hungria wegry vengriya magyarorszag"),
    ("israel", "izrael izrail israele"),
    ("london", "londres londra londyn"),
    ("melbourne", "melburn melburne"),
    ("moscow", "moskau moscou mosca moscu moskwa moskva moszkva"),
    ("nations", "nationen nazioni naciones narodow narody natsii nemzetek"),
    ("poland", "polen pologne polonia polska polsha lengyelorszag"),
    ("polish", "polnisch polnische polnischer polonais polonaise polacco polacca polaco polaca polski polska polskiy lengyel"),
    ("romania", "rumanien rumaenien roumanie rumania rumunia rumyniya"),
    ("russian", "russisch russische russischer russe russo russa ruso rusa rosyjski rosyjska russkiy orosz"),
    (
        "soviet",
        "sowjetisch sowjetische sowjetischer sowjet sovietique sovietico sovietica sovietici radziecki radziecka radzieckie sovetskiy sovetskaya sovetskie szovjet",
    ),
    ("soviet union", "sowjetunion szovjetunio"),
    ("ussr", "cccp sssr udssr urss zsrr"),
    ("states", "staaten etats stati zjednoczone shtaty allamok"),
    ("suez", "sues suezi suezkanal szuez sueski suetskiy sueskim"),
    ("united", "vereinte vereinten vereinigte unies unis unite uniti unidas unidos zjednoczonych obedinennye egyesult"),
    ("un", "onu ensz onz oon"),
    ("usa", "eeuu ssha"),
    ("vienna", "wien vienne vena wieden becs"),
    (
        "warsaw",
        "warschau warschauer varsovie varsavia varsovia warszawa warszawski warszawskiego varso varsoi varshava varshavskiy varshavskij",
    ),
    (
        "yugoslav",
        "jugoslawisch jugoslawische yougoslave jugoslavo jugoslava jugoslavia yugoslavo yugoslava jugoslowianska jugoslowianski yugoslavskoe yugoslavskiy jugoszlav",
    ),
    ("yugoslavia", "jugoslawien yougoslavie jugoslawia jugoszlavia yugoslaviya"),
    // Personal names that a language changes.
    ("stalin", "staline stalina sztalin"),
    ("pope", "papst pape papa papiez"),
    ("pius", "pie pio"),
    // Nouns in names of places.
    ("airport", "flughafen aeroport aeroporto aeropuerto lotnisko repuloter"),
    ("avenue", "allee viale avenida aleja prospekt sugarut"),
    ("barracks", "kaserne kasernen caserne caserma cuartel koszary kazarmy kazarma laktanya"),
    ("border", "grenze frontiere confine frontiera frontera granica granitsa hatar"),
    ("bridge", "brucke bruecke pont ponte puente most hid"),
    ("building", "gebaude gebaeude batiment edificio budynek zdanie epulet"),
    ("canal", "kanal canale csatorna"),
    ("cemetery", "friedhof cimetiere cimitero cementerio cmentarz kladbishche temeto"),
    ("embassy", "botschaft ambassade ambasciata embajada ambasada posolstvo nagykovetseg kovetseg"),
    ("heroes", "helden heros eroi bohaterow geroev hosok"),
    ("hospital", "krankenhaus hopital ospedale szpital bolnitsa korhaz"),
    ("house", "haus maison casa dom haz"),
    ("island", "insel isola isla wyspa ostrov sziget"),
    ("monument", "denkmal monumento pomnik pamyatnik emlekmu"),
    ("palace", "palast palais palazzo palacio palac dvorets palota"),
    ("parliament", "parlament parlement parlamento orszaghaz"),
    ("passage", "durchgang passaggio pasaje pasaz koz"),
    ("prison", "gefangnis gefaengnis prigione prision wiezienie tyurma borton"),
    ("square", "platz place piazza plaza plac ploshchad ploshchady ter"),
    ("station", "bahnhof gare stazione estacion dworzec vokzal palyaudvar"),
    ("statue", "standbild statua estatua posag statuya szobor szobra"),
    ("street", "strasse rue via calle ulica ulitsa utca ut"),
    ("university", "universitat universitaet universite universita universidad uniwersytet universitet egyetem"),
    ("technical", "technische technischen technique tecnica politechnika tekhnicheskiy muszaki"),
    // Nouns in names of groups and offices.
    ("agency", "agentur agence agenzia agencia agencja ugynokseg"),
    ("army", "armee esercito ejercito armia armiya hadsereg"),
    ("association", "verband vereinigung associazione asociacion stowarzyszenie szovetseg"),
    ("authority", "behorde autorite autorita autoridad urzad hatosag"),
    ("circle", "kreis cercle circolo circulo kolo krug kruzhok kor"),
    ("committee", "komitee ausschuss comite comitato komitet bizottsag"),
    (
        "communist",
        "kommunist kommunistisch kommunistische kommunistischer communiste communistes comunista comunisti komunistyczna kommunisticheskaya kommunista",
    ),
    ("council", "rat conseil consiglio consejo rada sovet tanacs"),
    (
        "councils",
        "rate raete arbeiterrate arbeiterraete conseils consigli consejos rady sovety tanacsok munkastanacs munkastanacsok",
    ),
    (
        "democratic",
        "demokratisch demokratische democrate democratique democratico democratica demokratyczna demokraticheskaya demokrata",
    ),
    ("social", "sozial sozialdemokratisch sozialdemokratische socialdemocratique socialdemokratyczna szocialdemokrata"),
    ("government", "regierung gouvernement governo gobierno rzad pravitelstvo kormany"),
    ("guard", "garde guardia gwardia gvardiya orseg nemzetorseg nationalgarde"),
    (
        "national",
        "nationale nationaler nazionale nacional narodowa narodowy natsionalnaya natsionalnyy nemzeti nationalgarde nemzetorseg",
    ),
    ("party", "partei parti partito partido partia partiya part"),
    ("peasant", "bauern bauernpartei paysan paysans contadini campesino chlopska krestyanskaya paraszt"),
    ("people", "volk volks peuple popolo pueblo narod nep"),
    ("peoples", "volks populaire popolare popular ludowa ludowy narodnaya narodnyy nepi"),
    ("police", "polizei polizia policia policja militsiya politsiya rendorseg"),
    ("radio", "rundfunk radiosender"),
    ("free", "freies freie frei libre libera libero wolna wolny svobodnaya szabad"),
    ("red", "rote rotes roter rouge rossa rosso rojo roja czerwona krasnaya voros"),
    (
        "revolutionary",
        "revolutionare revolutionaere revolutionnaire rivoluzionario revolucionario rewolucyjny revolyutsionnyy forradalmi",
    ),
    ("secret", "geheim geheime geheimer secrete segreto segreta secreto secreta tajny tajna taynyy titkos"),
    ("security", "sicherheit securite sicurezza seguridad bezpieczenstwa bezopasnosti biztonsagi"),
    ("smallholders", "kleinlandwirte kleinlandwirtepartei proprietaires smallholder kisgazda kisgazdapart"),
    ("students", "studenten etudiants studenti estudiantes studenci studenty diakok egyetemistak"),
    ("union", "verband unione unia soyuz unio szovetseg szovetsege"),
    (
        "workers",
        "arbeiter arbeiterrate arbeiterraete ouvriers ouvrier operai obreros trabajadores robotnicze robotnicy rabochie munkas munkasok",
    ),
    ("writers", "schriftsteller schriftstellerverband ecrivains scrittori escritores pisarzy pisateley irok iroszovetseg"),
    // Nouns in names of events and terms.
    ("arms", "wappen armoiries stemma escudo herb gerb cimer"),
    ("bloc", "block ostblock blocco bloque blok"),
    ("censorship", "zensur censure censura cenzura tsenzura"),
    ("cold", "kalte kalter froide fredda fria zimna kholodnaya hideg"),
    (
        "collectivisation",
        "kollektivierung collectivization colectivizacion collettivizzazione kolektywizacja kollektivizatsiya kollektivizalas",
    ),
    ("containment", "eindammung eindaemmung endiguement contenimento contencion"),
    ("course", "kurs cours corso curso szakasz"),
    ("crisis", "krise crise crisi kryzys krizis valsag suezkrise"),
    ("cult", "kult personenkult culte culto kultusz"),
    ("curfew", "ausgangssperre couvrefeu coprifuoco toque godzina kijarasi"),
    ("deportation", "deportationen deportazione deportacion deportacja deportatsiya deportalas kitelepites"),
    ("destalinisation", "entstalinisierung destalinizacion destalinizzazione destalinizacja destalinizatsiya sztalintalanitas"),
    ("dictatorship", "diktatur dictature dittatura dictadura dyktatura diktatura"),
    ("era", "ara aera ere epoka epoca korszak"),
    ("flag", "fahne flagge drapeau bandiera bandera flaga znamya zaszlo"),
    ("general", "generale allgemeiner altalanos"),
    ("intervention", "eingreifen intervento intervencion interwencja interventsiya beavatkozas"),
    ("lynching", "lynchage lynchjustiz linciaggio linchamiento lincz lincseles"),
    ("massacre", "massaker massacro masacre masakra mezhsarlas sortuz"),
    ("neutrality", "neutralitat neutralitaet neutralite neutralita neutralidad neutralnosc neytralitet semlegesseg"),
    ("new", "neuer neue neues nouveau nouvelle nuovo nuova nuevo nueva nowy nowa novyy novyi uj"),
    ("october", "oktober octobre ottobre octubre pazdziernik oktyabr"),
    ("pact", "pakt pacte patto pacto uklad dogovor szerzodes"),
    ("personality", "personlichkeit personnalite personalita personalidad jednostki lichnosti szemelyi personenkult"),
    ("points", "punkte punti puntos punktow punktov pont pontok"),
    ("refugees", "fluchtlinge fluechtlinge refugies rifugiati profughi refugiados uchodzcy bezhentsy menekultek"),
    ("republic", "republik republique repubblica republica respublika koztarsasag"),
    ("revolution", "rivoluzione revolucion rewolucja revolyutsiya forradalom"),
    ("safe", "sauf geleit salvacondotto"),
    ("salami", "salamitaktik szalami"),
    ("satellite", "satellit satelliten satellitenstaat satellites satellitare satelite csatlos"),
    ("show", "schauprozess schauprozesse pokazowy pokazatelnyy"),
    ("speech", "rede geheimrede discours discorso discurso przemowienie rech beszed"),
    ("state", "staat staats satellitenstaat stato estado panstwo gosudarstvo allam"),
    ("strike", "streik generalstreik greve sciopero huelga strajk zabastovka sztrajk"),
    ("surveillance", "uberwachung ueberwachung sorveglianza vigilancia inwigilacja megfigyeles"),
    ("tactics", "taktik salamitaktik tactique tattica tactica taktyka taktika"),
    ("tank", "panzer char carro czolg"),
    ("totalitarian", "totalitar totalitaer totalitaire totalitario totalitarny totalitarnyy totalitarius"),
    ("trial", "prozess schauprozess proces processo juicio proceso protsess per"),
    (
        "uprising",
        "aufstand volksaufstand soulevement insurrection insurrezione levantamiento insurreccion powstanie vosstanie felkeles",
    ),
    ("war", "krieg guerre guerra wojna voyna haboru"),
];

/// From this length on, a word may be a compound.
const COMPOUND: usize = 9;

/// The English parts of a compound ("Satellitenstaat"); empty for other words.
pub(super) fn apart(word: &str) -> Vec<&'static str> {
    let parts: Vec<&str> = if word.len() < COMPOUND { Vec::new() } else { in_english(word).collect() };
    if parts.len() > 1 { parts } else { Vec::new() }
}

/// The table, keyed by the words of other languages.
static BY_WORD: LazyLock<HashMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    let mut by_word: HashMap<&str, Vec<&str>> = HashMap::new();
    for (english, others) in ROWS {
        for other in others.split(' ') {
            by_word.entry(other).or_default().extend(english.split(' '));
        }
    }
    by_word
});

/// The English words for a word of another language, in the order of the table.
pub(super) fn in_english(word: &str) -> impl Iterator<Item = &'static str> {
    BY_WORD.get(word).into_iter().flatten().copied()
}
