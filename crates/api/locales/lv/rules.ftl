# Noteikumu teikumi: atteikumi un paskaidrojumi. Atslēga sākas ar noteikumu jomu.

## Izmēģinājumprojekta provizoriskais apmērs

provisional-young-age = { $date } bērna vecums pilnos gados ir { $age }. Līdz { $until } gadu vecumam (ieskaitot) IB provizoriskais apmērs ir { $percent } % no vienam bērnam pieejamā finansējuma.
provisional-special-care = { $date } bērna vecums pilnos gados ir { $age }, un ir spēkā atzinums par īpašas kopšanas nepieciešamību. IB provizoriskais apmērs ir { $percent } % no vienam bērnam pieejamā finansējuma.
provisional-older-without-special-care = { $date } bērna vecums pilnos gados ir { $age }, t. i., lielāks par { $until }, un nav spēkā atzinuma par īpašas kopšanas nepieciešamību. IB provizoriskais apmērs ir { $percent } % no vienam bērnam pieejamā finansējuma.
provisional-not-born = Dzimšanas datums ir pēc perioda pirmās dienas ({ $date }).
provisional-adult = Perioda pirmajā dienā ({ $date }) personas vecums pilnos gados ir { $age }. Budžets paredzēts bērniem.
provisional-funding-invalid = Vienam bērnam pieejamais finansējums nedrīkst būt negatīvs vai lielāks par 999999999999.99 euro.
provisional-percent-out-of-range = Procentiem { $parameter } jābūt no 0 līdz 100.

## Pārdale

redistribution-needed-covered = IB nepieciešamais apmērs { $needed } nepārsniedz provizorisko apmēru { $provisional }, tāpēc IB galīgais apmērs ir { $final }.
redistribution-shortfall-covered = IB nepieciešamais apmērs { $needed } pārsniedz provizorisko apmēru { $provisional }. Atlikuma daļa { $share } sedz visu iztrūkumu; IB galīgais apmērs ir { $final }.
redistribution-shortfall-shared = IB nepieciešamais apmērs { $needed } pārsniedz provizorisko apmēru { $provisional }. Atlikuma daļa proporcionāli nepieciešamajam apmēram ir { $share }; IB galīgais apmērs ir { $final }, nesegti paliek { $unmet }.
redistribution-amount-invalid = Summai jābūt veselos centos, tā nedrīkst būt negatīva vai lielāka par 999999999999.99 euro.
redistribution-duplicate-code = Kods { $code } norādīts vairāk nekā vienu reizi.

## Finansējuma avoti

funding-mix-variant-1 = 1. variants: vispirms maksā projekts, pēc tam izmanto esošos pabalstus, tad vecāku un citu finansējumu. IB kopējais apmērs ir { $total }, nesegti paliek { $unmet }.
funding-mix-variant-2 = 2. variants: vispirms maksā projekts, pēc tam izmanto esošos pakalpojumus un pabalstus, tad vecāku un citu finansējumu. IB kopējais apmērs ir { $total }, nesegti paliek { $unmet }.
funding-mix-variant-3 = 3. variants: vispirms izmanto esošos pakalpojumus un pabalstus, pēc tam maksā projekts, tad izmanto vecāku un citu finansējumu. IB kopējais apmērs ir { $total }, nesegti paliek { $unmet }.
funding-mix-amount-invalid = Summa nedrīkst būt negatīva vai lielāka par 999999999999.99 euro.

## Prioritātes

ranking-score = Ekspertu vieta { $expert } ar svaru { $expertpercent } % un vecāka vieta { $parent } ar svaru { $parentpercent } % dod vērtējumu { $score }; mazāks vērtējums ir agrāk.
ranking-financed-full = Budžets sedz visas izmaksas { $cost }.
ranking-financed-partial = Šeit budžets beidzas: no izmaksām { $cost } tas sedz { $financed }.
ranking-financed-none = Budžets izlietots iepriekšējiem pakalpojumiem; izmaksas { $cost } netiek segtas.
ranking-duplicate-service = Pakalpojums { $service } plānā norādīts vairāk nekā vienu reizi.
ranking-expert-rank-out-of-range = Ekspertu vietai jābūt no 1 līdz { $last } (sarindoto pakalpojumu skaits).
ranking-parent-rank-out-of-range = Vecāka vietai jābūt no 1 līdz { $last } (sarindoto pakalpojumu skaits).
ranking-duplicate-expert-rank = Šo vietu eksperti jau piešķīruši citam pakalpojumam.
ranking-duplicate-parent-rank = Šo vietu vecāks jau piešķīris citam pakalpojumam.
ranking-mixed-ranks = Eksperti visus pakalpojumus sarindo vai nu visā plānā, vai atbalsta jomās; šis atšķiras no pirmā.
ranking-expert-rank-form = Katram pakalpojumam vajadzīgs vai nu expert_rank, vai area kopā ar expert_area_rank.
ranking-area-order-not-applicable = Atbalsta jomu secība der tikai tad, ja pakalpojumi sarindoti jomās; šeit eksperti tos sarindojuši visā plānā.
ranking-duplicate-area = Atbalsta joma secībā norādīta vairāk nekā vienu reizi.
ranking-area-not-in-order = Atbalsta jomas { $area } ekspertu norādītajā jomu secībā nav.
ranking-cost-missing = Ja norādīts budžets, katram pakalpojumam jānorāda izmaksas.
ranking-cost-invalid = Izmaksas nedrīkst būt negatīvas vai lielākas par 999999999999.99 euro.
ranking-budget-invalid = Budžets nedrīkst būt negatīvs vai lielāks par 999999999999.99 euro.

## Dalībnieku atlase

selection-chosen-municipality = Atlasīts: pašvaldībā { $municipality } vieta ir visiem bērniem, kuri drīkst piedalīties.
selection-chosen-age-group = Atlasīts: pašvaldības { $municipality } vietas sadalītas pa vecuma grupām, un visiem tās kandidātiem vecumā { $agegroup } ir vieta.
selection-chosen-impairment = Atlasīts: pašvaldības { $municipality } vietas vecuma grupā { $agegroup } sadalītas pēc funkcionālo traucējumu veida.
selection-chosen-home-schooled = Atlasīts: starp pašvaldības { $municipality } bērniem ar to pašu vecuma grupu un traucējumu veidu priekšroka ir bērniem, kuri mācās mājmācībā.
selection-chosen-received-at = Atlasīts: starp pašvaldības { $municipality } bērniem ar to pašu vecuma grupu un traucējumu veidu šis iesniegums saņemts agrāk ({ $received }).
selection-chosen-code = Atlasīts: starp pašvaldības { $municipality } bērniem ar to pašu vecuma grupu un traucējumu veidu, kuru iesniegumi saņemti vienā minūtē ({ $received }), izšķir kodu secība.
selection-waiting-municipality = Gaida: pašvaldībai { $municipality } nav nevienas vietas.
selection-waiting-age-group = Gaida: pašvaldības { $municipality } vietas ieguvušas citas vecuma grupas, nevis { $agegroup }.
selection-waiting-impairment = Gaida: pašvaldības { $municipality } vietas vecuma grupā { $agegroup } ieguvuši bērni ar citiem traucējumu veidiem.
selection-waiting-home-schooled = Gaida: starp pašvaldības { $municipality } bērniem ar to pašu vecuma grupu un traucējumu veidu priekšroka ir bērniem, kuri mācās mājmācībā.
selection-waiting-received-at = Gaida: starp pašvaldības { $municipality } bērniem ar to pašu vecuma grupu un traucējumu veidu citi pieteikušies agrāk (šis iesniegums saņemts { $received }).
selection-waiting-code = Gaida: starp pašvaldības { $municipality } bērniem ar to pašu vecuma grupu un traucējumu veidu, kuru iesniegumi saņemti vienā minūtē ({ $received }), izšķir kodu secība.
selection-excluded-received-after-closing = Iesniegums saņemts pēc pieteikšanās termiņa beigām.
selection-excluded-not-born = Dzimšanas datums ir pēc dienas, kurā nosaka vecumu.
selection-excluded-adult = Dienā, kurā nosaka vecumu, persona ir pilngadīga.
selection-excluded-adult-during-pilot = Bērns kļūst pilngadīgs izmēģinājumprojekta laikā.
selection-excluded-no-age-group = Nevienā atlases vecuma grupā nav bērna vecuma.
selection-target-municipality = { $group }: atlasīto bērnu skaits { $got }, paredzētais skaits { $wanted }.
selection-target-region = Plānošanas reģions { $group }: atlasīto bērnu skaits { $got }, mazākais paredzētais skaits { $wanted }.
selection-target-age-group = Vecuma grupa { $group }: atlasīto bērnu skaits { $got }, paredzētais skaits { $wanted }.
selection-target-impairment = { $group ->
    [vision] Redzes traucējumi
    [hearing] Dzirdes traucējumi
    [movement] Kustību traucējumi
    [mental] Garīga rakstura traucējumi
    [multiple] Multipli traucējumi
   *[other] Citi traucējumi
 }: atlasīto bērnu skaits { $got }, paredzētais skaits { $wanted }.
selection-offer-same-group = Nākamais gaidīšanas sarakstā: arī no pašvaldības { $municipality }, ar to pašu vecuma grupu un traucējumu veidu.
selection-offer-same-age = Nākamais gaidīšanas sarakstā: arī no pašvaldības { $municipality }, ar to pašu vecuma grupu; neviena ar tādu pašu traucējumu veidu tur nav.
selection-offer-same-impairment = Nākamais gaidīšanas sarakstā: arī no pašvaldības { $municipality }, ar to pašu traucējumu veidu; neviena no tās pašas vecuma grupas tur nav.
selection-offer-same-municipality = Nākamais gaidīšanas sarakstā: arī no pašvaldības { $municipality }; neviena ar to pašu vecuma grupu vai traucējumu veidu tur nav.
selection-offer-other-municipality = No aizgājušā dalībnieka pašvaldības neviens negaida; vietu var piešķirt bērnam no pašvaldības { $municipality }.
selection-duplicate-code = Kods { $code } norādīts vairāk nekā vienu reizi.
selection-region-conflict = Pašvaldībai { $municipality } norādīti dažādi plānošanas reģioni.
selection-age-group-invalid = Vecuma grupām jābūt vecuma secībā, un tās nedrīkst pārklāties.
selection-duplicate-impairment = Traucējumu veidam norādīta vairāk nekā viena kvota.
selection-quotas-above-hundred = Traucējumu veidu kvotas kopā pārsniedz 100 %.

## Finansējuma sadalījums

funding-shares-rounding = Katru summas { $amount } daļu, izņemot valsts daļu, noapaļo uz leju līdz centiem; valsts sedz pārējo: { $state }.
funding-amount-invalid = Summa nedrīkst būt negatīva vai lielāka par 999999999999.99 euro.
funding-no-version-for-date = Datumam { $date } finansējuma sadalījums nav zināms.
funding-variant-unknown = Finansējuma variants { $variant } datumā { $date } nepastāv.
funding-children-only = Finansējuma variants { $variant } paredzēts tikai bērnu budžetiem.

## Valsts prognoze

forecast-operations = Ja personu skaits ir { $people } un vienam darbiniekam paredzētas { $caseload }, nepieciešamo slodžu skaits ir { $workers }; ar izmaksām { $cost } gadā par slodzi darbības nodrošināšana izmaksā { $operations }.
forecast-administration = Administrēšana ir { $percent } % no pakalpojumu un darbības nodrošināšanas izmaksām: { $administration }.
forecast-no-version-for-date = Datumam { $date } prognozes parametri nav zināmi.
forecast-duplicate-label = Nosaukums { $label } norādīts vairāk nekā vienu reizi.
forecast-amount-missing = Grupai jānorāda vidējā summa gadā, ja nav norādīta visu pakalpojumu kopsumma.
forecast-amount-twice = Norādiet vai nu yearly_amount, vai calculation, nevis abus.
forecast-amount-invalid = Summa nedrīkst būt negatīva vai lielāka par 999999999999.99 euro.
forecast-uptake-out-of-range = Saņēmēju īpatsvaram jābūt no 0 līdz 100 %.
forecast-no-caseload = Vienam darbiniekam jāparedz vismaz viena persona.
forecast-admin-out-of-range = Administrēšanai jābūt no 0 līdz { $most } % no pakalpojumu un darbības nodrošināšanas izmaksām.
forecast-total-too-large = Kopsumma pārsniedz 999999999999.99 euro.

## Mērķu sasniegšana

results-attainment = Mērķi: { $goals }. Sasniegti (katrs 1): { $achieved }; daļēji sasniegti (katrs 0,5): { $partly }. Sasniegums: { $attainment }.
results-duplicate-area = Joma { $area } norādīta vairāk nekā vienu reizi.

## Statistika

statistics-duplicate-group = Pakalpojumu grupa { $group } norādīta vairāk nekā vienu reizi.
statistics-cost-invalid = Izmaksas nedrīkst būt negatīvas vai lielākas par 999999999999.99 euro.
statistics-total-too-large = Visas izmaksas kopā pārsniedz 999999999999.99 euro.
statistics-recipients-inconsistent = Kopējam saņēmēju skaitam jābūt no { $least } (lielākās grupas saņēmēji) līdz { $most } (grupu summa).
statistics-no-months = Periodā jābūt vismaz vienam mēnesim.
application-closed = Iesniegums vairs nav atvērts ({ $status }).
application-cannot-be-decided = Nevar izlemt; trūkst: { $missing }.
application-criterion-fails = Nav izpildīts kritērijs { $criterion }, tāpēc piešķirt nevar.
application-every-criterion-is-met = Visi kritēriji ir izpildīti, tāpēc atteikt nevar.
application-decided-before-receipt = Lēmums nevar būt agrāks par iesnieguma saņemšanu { $date }.
application-beyond-calendar = Šai dienai termiņu aprēķināt nevar.
application-personal-code = Šāds personas kods nav iespējams.
budget-other-methodology = Iesniegums ir pēc metodikas { $expected }.
budget-other-birth-date = Lēmumā ir cits dzimšanas datums.
day-too-early = Diena nevar būt pirms { $date }.
day-in-future = Šī diena vēl nav pienākusi.
budget-register-required = Aprēķinā ņemtas ziņas no reģistra { $register }, bet tas nav starp izmantotajiem.
budget-evidence-required = Nav norādīts informācijas avots: { $criterion }.
budget-not-identified = Aprēķinā šis kritērijs nav nosaukts, vai avots norādīts divreiz.
budget-signer-required = Nav norādīts, kas paraksta saņēmēja vārdā.
application-no-such-municipality = Lietu tur nodot nevar: šodien tādas citas pašvaldības nav.
webhook-not-a-url = Tas nav URL.
webhook-not-https = Adresei jāsākas ar https://.
webhook-credentials = Adresē nedrīkst būt lietotājvārds vai parole.
webhook-port = Šis ports nav atļauts.
webhook-not-public = Adresei jābūt publiskajā internetā.
webhook-unknown-event = Šāda notikuma nav.
price-above-regulated = Cena pārsniedz normatīvajos aktos noteikto: { $bound }.
price-above-delegated = Cena pārsniedz deleģēšanas līgumā noteikto: { $bound }.
price-above-free-market = Cena pārsniedz to, ko pakalpojuma sniedzējs prasa citiem: { $bound }.
price-above-offered = Cena pārsniedz pakalpojuma sniedzēja piedāvāto: { $bound }.
provider-kind-unclear = Pakalpojuma sniedzējs jānorāda kā juridiska vai kā fiziska persona.
provider-not-an-iban = Tas nav IBAN.
provider-unknown-municipality = Tādas pašvaldības nav.
provider-duplicate-municipality = Pašvaldība sarakstā jau ir.
provider-unknown-service = Tāda pakalpojuma katalogā nav.
offer-overlaps = Pakalpojuma sniedzējs šo pakalpojumu šajā vietā tajā laikā jau piedāvā.
offer-no-address = Saņēmējam jāierodas pakalpojuma sniegšanas vietā: trūkst tās adreses.
offer-ends-earlier = Piedāvājums beidzas jau { $date }.
assessment-duplicate-member = Šis komandas loceklis jau ir norādīts.
assessment-duplicate-domain = Šī joma jau ir novērtēta.
assessment-no-such-level = Līmenis ir no 0 līdz 4, 8 vai 9.
assessment-not-a-member = Norādītā persona nav komandas loceklis.
assessment-no-goal = Izvērtējumā nav neviena mērķa.
assessment-no-member = Izvērtējumam nav komandas.
assessment-not-agreed = Protokolu nav saskaņojuši { $missing ->
    [zero] { $missing } komandas locekļi
    [one] { $missing } komandas loceklis
   *[other] { $missing } komandas locekļi
}.
