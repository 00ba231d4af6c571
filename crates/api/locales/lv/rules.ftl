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

## Saglabāto budžetu prognoze

population-in-force = Spēkā esošie budžeti
population-draft = Ar projektu
population-too-few = Personu ir mazāk nekā piecas, vai arī par tām neko nevar parādīt, neatklājot datus par mazāk nekā piecām.
population-unknown-group = Parādāmo grupu vidū šādas grupas nav.
population-adjusted-twice = Grupa koriģēta vairāk nekā vienu reizi.
population-month-ahead = Mēnesis vēl nav sācies.
population-place-twice = Norādiet vai nu region, vai municipality, nevis abus.
population-unknown-municipality = Pašvaldība { $code } nepastāv.
population-draft-twice = Norādiet vai nu methodology_version, vai content, nevis abus.
population-draft-of-stored = Projekts maina tikai indikatīvās summas.

## Mērķu sasniegšana

results-attainment = Mērķi: { $goals }. Sasniegti (katrs 1): { $achieved }; daļēji sasniegti (katrs 0,5): { $partly }. Sasniegums: { $attainment }.
results-duplicate-area = Joma { $area } norādīta vairāk nekā vienu reizi.

## Plāna labojumu priekšlikums

proposal-ceiling-reached = Šeit līdzekļi beidzas: lielāks apjoms šajā rindā pārsniegtu indikatīvo budžetu { $ceiling }.
proposal-payable-reached = Šeit līdzekļi beidzas: ar lielāku apjomu šajā rindā rindas, kuras nesedz valsts, pārsniegtu { $ceiling } – indikatīvo budžetu bez valsts apmaksātās daļas.
proposal-below-minimum = Pietiktu tikai apjomam { $fits }, kas ir mazāks par mazāko lietderīgo apjomu { $minimum }.
proposal-maximum-volume = Nosacījums { $rule } gadā kopā atļauj { $most }; lielāks apjoms šajā rindā to pārsniegtu.
proposal-maximum-amount = Nosacījums { $rule } gadā kopā atļauj { $most } euro; lielāks apjoms šajā rindā to pārsniegtu.
proposal-excluded = Tā nevar palikt kopā ar { $line }. rindu (prioritāte { $priority }), kas paliek.
proposal-committed = To nesamazina zem { $floor }: tik daudz jau ir saņemts vai pasūtīts.
proposal-excluded-by-other = Tā nevar palikt kopā ar { $line }. rindu, ko labojums neskar.
proposal-respite-month = Atelpas brīdis institūcijā, kas ilgāks par { $most } dienām, atņem mēnesi aprūpei mājās un dienas aprūpei, bet tajās neviens mēnesis nav brīvs.
proposal-working-days = Kādā grafika mēnesī dienu ir vairāk nekā darbdienu.
proposal-keeps-more-elsewhere = Zemākas prioritātes rindās par tiem pašiem līdzekļiem saglabājas vairāk no visa plāna svērtās prioritātes.
proposal-too-many-lines = Plānā drīkst būt ne vairāk kā { $limit } rindas.
proposal-amount-invalid = Summa nedrīkst būt negatīva vai lielāka par 999999999999.99 euro.
proposal-volume-invalid = Apjoms nedrīkst būt negatīvs vai lielāks par 999999999999.99, un tam drīkst būt ne vairāk kā trīs decimālzīmes; solis nedrīkst būt nulle.
proposal-planned-below-committed = Plānots mazāk, nekā jau ir saņemts vai pasūtīts.
proposal-maximum-conflict = Rindām ar kopīgu ierobežojumu tam jābūt vienādam.
proposal-pair-invalid = Pārī jānorāda divas dažādas plāna rindas.
proposal-committed-above-ceiling = Nekas neder: jau saņemtais vai pasūtītais (rindas { $lines }) maksā vairāk par indikatīvo budžetu { $ceiling }.
proposal-committed-above-payable = Nekas neder: jau saņemtais vai pasūtītais rindās, kuras nesedz valsts ({ $lines }), maksā vairāk par { $ceiling } – indikatīvo budžetu bez valsts apmaksātās daļas.
proposal-committed-above-maximum = Nekas neder: jau saņemtā vai pasūtītā (rindas { $lines }) ir vairāk, nekā gadā atļauj nosacījums { $rule }.
proposal-committed-together = Nekas neder: rindas { $lines } viena otru izslēdz, bet abās jau ir kas saņemts vai pasūtīts.

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
application-identification-number = Šāds identifikācijas numurs nav iespējams.
identifier-missing = Nav ne personas koda, ne identifikācijas numura; vajadzīgs viens no tiem.
identifier-both = Ir gan personas kods, gan identifikācijas numurs; numuru norāda, ja personas koda nav.
circumstances-of-children = To norāda tikai par bērniem.
circumstances-disabled-children = Bērnu ar invaliditāti nevar būt vairāk nekā bērnu ({ $limit }).
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
plan-period-too-long = Periods ir garāks par { $months } mēnešiem.
plan-period-backwards = Periods beidzas pirms sākuma.
plan-before-grant = Plāns sākas piešķiršanas dienā, { $day }, vai vēlāk.
plan-within-plan-before = Plāns sākas pēc iepriekšējā plāna pēdējās dienas, { $day }.
plan-no-lines = Plānā nav nevienas rindas.
plan-no-goals = Plānā nav neviena mērķa.
plan-number-twice = Numurs atkārtojas.
plan-unknown-service = Katalogā šāda pakalpojuma nav.
plan-service-not-payable = Šo pakalpojumu no individuālā budžeta apmaksāt nedrīkst.
plan-service-not-listed = Metodikā šāda pakalpojuma nav: vajadzīgs darbinieka pamatojums.
plan-recipient-not-served = Pakalpojums nav paredzēts šim saņēmējam.
plan-impairment-required = Pakalpojums paredzēts šādiem funkcionāliem traucējumiem: { $impairments }.
plan-age-out-of-range = Pakalpojums paredzēts no { $from } mēnešu vecuma līdz { $to } mēnešiem (neieskaitot).
plan-age-unusual = Pakalpojums parasti paredzēts no { $from } mēnešu vecuma.
plan-escort-opinion-required = Pavadonim vajadzīgs invaliditātes komisijas atzinums: aprēķina veidlapā tā nav.
plan-specialist-confirmation-required = Speciālistam jāapliecina, ka šis pakalpojums personai ir piemērots: neviens pēdējās pabeigtās izvērtēšanas atzinums to neiesaka.
plan-goal-required = Rinda nekalpo nevienam mērķim.
plan-unknown-goal = Plānā nav mērķa ar šādu numuru.
plan-other-service = Parakstītajā plānā rindai ar šo numuru ir cits pakalpojums: jaunam pakalpojumam ir jauns numurs.
plan-priority-required = Trūkst vietas prioritāšu secībā.
plan-priority-twice = Vieta prioritāšu secībā atkārtojas.
plan-ranked-otherwise = Saņēmējs šo rindu secībā liek citur: { $rank }. vietā.
plan-schedule-mismatch = Mēnešu summa ir { $sum }, un tas nav rindas apjoms.
plan-outside-period = Tas ir ārpus perioda.
plan-month-twice = Mēnesis { $month } atkārtojas.
plan-not-a-time = Nedēļas laiks ir diena no 1 līdz 7 ar beigām pēc sākuma.
plan-provider-required = Nav izvēlēts pakalpojuma sniedzēja piedāvājums.
plan-unknown-offer = Šāda piedāvājuma nav.
plan-offer-of-other-service = Piedāvājums ir citam pakalpojumam.
plan-offer-not-valid = Piedāvājums ir spēkā no { $from } līdz { $to }.
plan-provider-not-qualified = Sociālais dienests nav pieņēmis dokumentu, kas pirmajā dienā apliecina sniedzēja kvalifikāciju šim pakalpojumam.
plan-free-support-has-price = Bezmaksas atbalstam nav cenas.
plan-provider-is-relative = Pakalpojuma sniedzējs ir personas radinieks.
plan-home-care-at-same-time = Aprūpe mājās ir vienlaikus ar { $other }. rindu.
plan-home-care-times-unknown = Aprūpe mājās nedrīkst būt vienlaikus ar { $other }. rindu; laiki nav norādīti.
plan-assistant-at-same-time = Asistents ir vienlaikus ar { $other }. rindu.
plan-assistant-times-required = Asistents nedrīkst būt vienlaikus ar { $other }. rindu: abām vajadzīgi laiki.
plan-day-care-and-workshop = Dienas aprūpes centrs un specializētā darbnīca kopā ir { $days } dienas; darbdienu ir { $most }.
plan-paid-twice-with-day-care = Šo pakalpojumu jau sniedz { $other }. rindas dienas aprūpes centrs.
plan-respite-takes-month-off = Atelpas brīdis institūcijā atņem mēnesi: drīkst izmantot ne vairāk kā { $most } mēnešus, un grafiks rāda, kurus.
plan-above-transport-ceiling = Transports kopā ir { $amount } eiro, vairāk par griestiem { $ceiling }.
plan-day-care-above-working-days = Dienas aprūpes centrs ir { $days } dienas; darbdienu ir { $most }.
plan-above-maximum = { $volume } ir vairāk par gada maksimumu { $most }.
plan-above-average = { $volume } ir vairāk par gada vidējo apjomu { $most }: vajadzīgs darbinieka pamatojums.
plan-above-maximum-with-received = { $volume } ir vairāk par gada maksimumu { $most }; no tā { $received } saņemts pēc citiem gada plāniem.
plan-above-average-with-received = { $volume } ir vairāk par gada vidējo apjomu { $most }, un no tā { $received } saņemts pēc citiem gada plāniem: vajadzīgs darbinieka pamatojums.
plan-above-group-session-limit = Grupas nodarbība maksā ne vairāk kā { $most } eiro.
plan-line-ordered = Pakalpojums jau ir pasūtīts: tā maksātāju nemaina.
pilot-period-overlaps = Periods sākas pēc iepriekšējā perioda beigām un beidzas pirms nākamā sākuma.
pilot-period-months = Periodā ir { $most } mēneši; mazāk var būt tikai pirmajā, norādot pamatojumu.
pilot-period-reason-required = Norādiet, kāpēc periods ir īsāks.
pilot-period-no-version = Perioda pirmajā dienā izmēģinājumprojekta metodika nav spēkā.
pilot-period-unreasoned = Norādiet summu un iemeslu, kāpēc tā aizstāj kontu datus.
pilot-period-nothing-before = Pirms pirmā perioda nav cita, no kura varētu palikt neizlietota nauda.
budget-unknown-period = Izmēģinājumprojektā nav atvērta perioda ar šādu numuru.
plan-needed-volume-unfit = Nepieciešamo apjomu norāda tikai izmēģinājumprojektā, un tas nav mazāks par rindas apjomu.
plan-below-committed = Jau pasūtīts apjoms { $committed }.
plan-below-committed-amount = Jau pasūtīts par { $committed } eiro; ar šo cenu rinda maksātu mazāk.
plan-committed-line-removed = { $number }. rindai ir saistības, to nevar izlaist.
plan-turns-18 = Personai paliek 18 gadi: plāns ir spēkā līdz { $day }.
plan-turned-18 = Plānam sākoties, personai jau ir 18 gadi: bērna plāns ir spēkā līdz { $day }.
plan-above-indicative = Saskaņotais apmērs pārsniedz indikatīvo par { $excess } eiro.
plan-state-part-not-spendable = Budžets maksā par { $excess } eiro par daudz: valsts apmaksāto indikatīvā apmēra daļu nevar tērēt citiem pakalpojumiem.
plan-reassessment-required = Ja mainījusies veselība vai mērķi vai pakalpojumam nav līdzvērtīgas aizstāšanas, vajadzīga jauna izvērtēšana.
plan-talk-required = Līguma neievērošanas dēļ plānu izbeidz tikai pēc uzaicinājuma uz sarunu: trūkst tās dienas un iznākuma.
plan-reason-not-applicable = Šī iemesla dēļ plāns nevar beigties: izmēģinājumprojektā zaudēta invaliditāte to nebeidz, un plāna laikā neviens nekļūst pilngadīgs.
plan-period-not-over = Plāns beidzas ar savu periodu pēc pēdējās dienas, { $day }.
plan-other-party = Šī puse šo dokumentu neparaksta.
request-missing = Šāda veida pieprasījumam tas ir vajadzīgs.
request-not-applicable = Šāda veida pieprasījumam tā nav.
request-same-offer = Rindā jau ir šis piedāvājums.
request-other-outcome = Uz šāda veida pieprasījumu tā neatbild.
schedule-volume-required = Vajadzīgas dienas ar apjomiem vai mēneša apjoms.
schedule-volume-and-occasions = Mēneša apjomu jau nosaka dienas.
schedule-outside-month = Diena nav šajā mēnesī vai plāna periodā.
schedule-above-month = Grafikā var būt ne vairāk kā { $most }: mēneša apjoms un pārceltais apjoms.
schedule-above-not-received = Iepriekšējos mēnešos nav saņemts { $most }.
schedule-above-total = No rindas atlikuši { $left }.
manager-report-not-begun = Mēnesis vēl nav sācies.
case-contact-required = Norādiet adresi, tālruņa numuru vai e-pasta adresi.
complaint-informant-required = Jānorāda, kas sūdzas, vai sūdzībai jābūt anonīmai.
complaint-informant-of-anonymous = Anonīmā sūdzībā nevienu nenosauc.
day-too-late = Diena ir pēc { $date }.
ledger-unknown-line = Plānā nav { $line }. rindas.
ledger-above-ceiling = Plāns pārsniegtu griestus par { $excess } eiro.
ledger-above-planned = Plāna rindā atlikuši { $left } eiro.
ledger-volume-above-planned = Plāna rindā atlicis apjoms { $left }.
ledger-above-committed = Pasūtīti un nav sniegti { $left } eiro.
ledger-above-delivered = Sniegti un nav rēķinā { $left } eiro.
ledger-above-invoiced = Rēķinā un nav samaksāti { $left } eiro.
ledger-below-zero = Summa kļūtu mazāka par nulli.
order-unknown-line = Plānā nav rindas ar šādu numuru.
order-not-paid-by-budget = Šai rindai neko nepasūta: to neapmaksā no publiskiem līdzekļiem.
order-other-form = Rindu, par kuru persona maksā pati, pasūta kā self_prepaid, pārējās ar līgumu vai garantijas vēstuli.
order-provider-required = Plāna rinda nenorāda sniedzēja piedāvājumu.
order-engagement-required = Trūkst ziņu, kā sniedzējs piesaistīts.
order-outside-period = Dienas nav plāna periodā.
order-no-volume = Apjomam jābūt lielākam par nulli.
order-already-delivered = Līdz { $date } sniegtajam jau ir iepriekšējā cena; sāciet vēlākā dienā vai vispirms izlabojiet to.
order-price-not-later = No šīs dienas vai vēlāk cena jau ir noteikta.
order-above-plan-price = Cena ir lielāka nekā plāna rindā: vispirms pārskatiet plānu.
price-above-regulated = Cena pārsniedz normatīvajos aktos noteikto: { $bound }.
price-above-delegated = Cena pārsniedz deleģēšanas līgumā noteikto: { $bound }.
price-above-free-market = Cena pārsniedz to, ko pakalpojuma sniedzējs prasa citiem: { $bound }.
price-above-offered = Cena pārsniedz pakalpojuma sniedzēja piedāvāto: { $bound }.
provider-kind-unclear = Pakalpojuma sniedzējs jānorāda kā juridiska vai kā fiziska persona.
provider-not-an-iban = Tas nav IBAN.
account-outside-sepa = Šo kontu maksājumu datne nesasniedz: tas nav SEPA valstī.
provider-unknown-municipality = Tādas pašvaldības nav.
provider-duplicate-municipality = Pašvaldība sarakstā jau ir.
provider-unknown-service = Tāda pakalpojuma katalogā nav.
offer-overlaps = Pakalpojuma sniedzējs šo pakalpojumu šajā vietā tajā laikā jau piedāvā.
offer-no-address = Saņēmējam jāierodas pakalpojuma sniegšanas vietā: trūkst tās adreses.
offer-ends-earlier = Piedāvājums beidzas jau { $date }.
retention-not-ended = Personas datus glabā līdz { $until }: ieraksts { $record } noslēdzās { $on }.
role-grant-to-oneself = Sev pašam lomu piešķirt nevar.
role-grant-not-grantable = Lomu { $role } pieprasītājs piešķirt nedrīkst.
application-signed-by-preparer = Aktu neparaksta tas, kas to sagatavoja: to dara cita amatpersona.
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
consultation-unknown = Lietā nav šādas konsultācijas, ko labot.
consultation-corrected = Konsultācija jau ir labota: labo labojumu.
delivery-self-prepaid = Šo pakalpojumu persona apmaksā pati un pieprasa atmaksu.
delivery-plan-rests = Plāna darbība ir apturēta no { $date }.
delivery-hours-inverted = Beigām jābūt pēc sākuma.
delivery-volume-required = Nav norādīts, cik daudz sniegts.
delivery-volume-and-reason = Norāda vai nu apjomu, vai iemeslu, kāpēc nekas nav sniegts.
delivery-hours-differ = Pēc laika apjoms ir { $volume }.
delivery-not-qualified = Sniedzējam šajā dienā nav derīga un atzīta kvalifikācijas dokumenta šim pakalpojumam.
delivery-above-days-of-week = Dienas aprūpes centrs un specializētā darbnīca šajā nedēļā ir { $days } dienas, vairāk par { $most }.
delivery-overlaps = Tajā pašā laikā sniegts cits pakalpojums, kas ar šo nav savienojams: { $delivery }.
notice-report-incomplete = Pārskatā norāda sasniegto un ieteikumus.
notice-not-of-report = To norāda tikai pārskatā plāna beigās.
invoice-account-differs = Konts nav tas, ar kuru sniedzējs ir reģistrēts.
invoice-no-account = Sniedzējs reģistrēts bez bankas konta.
invoice-total-differs = Rindu summa ir { $expected }.
invoice-corrects-unclear = Kredītrēķins nosauc labojamo rēķinu, rēķins — nevienu.
invoice-nothing-to-correct = Sniedzējam nav apmaksāta rēķina ar šo numuru.
invoice-unknown-order = Sniedzējam nav šāda pasūtījuma.
invoice-outside-period = Dienas nav rēķina periodā vai beidzas, pirms sākas.
invoice-same-days = Iepriekšēja rinda ir par tā paša pasūtījuma dienām.
invoice-nothing-delivered = Šajās dienās šim pasūtījumam nav sniegta nekā, kas nebūtu iekļauts rēķinā.
invoice-volume-differs = Sniegtais apjoms ir { $delivered }.
invoice-price-above-order = Pasūtījuma cena ir { $price }.
invoice-amount-differs = Apjoms reiz cena ir { $expected }.
invoice-volume-above-paid = Apmaksāts un vēl nav atgriezts ne vairāk kā { $left }.
invoice-above-paid = No šim pasūtījumam samaksātā atlicis { $left }.
invoice-same-person = Apstiprina cilvēks, kas to nav ne ievadījis, ne pārbaudījis.
invoice-approver-corrects = Pieprasījuma kontu labo cilvēks, kas pieprasījumu nav ne pārbaudījis, ne apstiprinājis.
report-month-not-over = Mēnesis nav beidzies.
report-period-unfit = Periods beidzas, pirms sākas, vai ir garāks par 24 mēnešiem.
report-not-a-quarter = Visas valsts statistiku sniedz par vienu kalendāra ceturksni: no tā pirmā mēneša līdz pēdējam.
pilot-report-period-not-over = Periods nav beidzies.
pilot-report-not-a-quarter = Ar šo mēnesi nebeidzas ceturksnis.
pilot-report-no-documents = Pamatojošie dokumenti ir tikai naudas plūsmas pārskatam.
pilot-report-future-document = Šī diena vēl nav pienākusi.
pilot-report-number-required = Dokumentam, kas nav lietas dokuments, ir numurs.
pilot-report-unknown-document = Dienestam nav šāda lietas dokumenta.
pilot-report-contract-required = Dokumentā norādīts projekts vai līgums.
pilot-report-cost-item-required = Dokumentā norādīta izmaksu pozīcija.
pilot-report-generated-cost-item = Pakalpojumu izmaksas veido no samaksātā.
pilot-report-amount-required = Dokumentā norādīta summa.
e-invoice-rule = { $rule }: { $message }
e-invoice-adjustments = Atlaides un piemaksas nepieņem: rindas cena ir tas, ko maksā.
e-invoice-prepaid = Nekas nav priekšapmaksāts vai noapaļots.
e-invoice-order = Pasūtījuma rindas atsauce (BT-132) nav pasūtījuma identifikators.
e-invoice-period = Rindai nav perioda (BG-26), un rēķinam arī nav (BG-14).
e-invoice-quantity = Daudzums ir lielāks par nulli, ar ne vairāk kā trim zīmēm aiz komata.
e-invoice-seller = E-rēķinā norādītais pārdevējs nav sniedzējs, kura rēķins tas ir.
payment-unknown = Maksājumu kopai nav šāda maksājuma.
payment-outcome-known = Šim maksājumam zināms cits iznākums.
payment-other-run = Bankas atbilde ir par citu maksājumu kopu.
attachment-too-many = Pievienotas jau { $most } datnes; vairāk nedrīkst.
e-invoice-attachment = E-rēķinā iekļautā datne nav PDF, PNG, JPEG, CSV, XLSX vai ODS, vai to ir par daudz.
document-other-content = Datne nav tāda, kā norādīts; DOCX, XLSX un ODS ar makro netiek pieņemti.
goal-result-unknown-goal = Parakstītajā plānā šāda mērķa nav.
satisfaction-other-stage = Šie vērtētāji šo posmu nevērtē.
satisfaction-duplicate-stage = Posms jau ir novērtēts.
satisfaction-other-respondent = Pieprasītājs šo vērtētāju vārdā nevērtē.
satisfaction-key-required = Nav norādīts, kurš speciālists vai pakalpojuma sniedzējs vērtē.
survey-not-explained = Pirms kaut ko reģistrē, izskaidro mērķi un tiesības izlaist jautājumus un pārtraukt.
survey-age-unknown = Kas atbild, ir atkarīgs no vecuma, bet lietā tā nav.
survey-other-instrument = Anketa nav paredzēta šai personai un respondentam.
survey-end-only = Dalībnieku aptauja ir paredzēta tikai beigām.
survey-other-respondent = Par šo personu uz šo anketu atbild kāds cits.
survey-interview-required = No 8 līdz 14 gadiem jautājumus uzdod darbinieks vecāka klātbūtnē.
survey-other-help = Tā nepalīdz: no 15 gadu vecuma var palīdzēt vecāks vai darbinieks.
survey-contract-required = Sākuma aptauja notiek pēc līguma noslēgšanas: trūkst līguma dienas.
survey-no-such-item = Anketā šāda jautājuma nav.
survey-duplicate-item = Uz jautājumu jau ir atbildēts.
survey-no-such-answer = Atbilde nav anketas skalā.
survey-no-such-dimension = Anketā šādas dimensijas nav, vai tās vērtējums jau ir norādīts.
survey-no-such-score = Vērtējums ir 0, ja nav nodarbināts, vai 1, ja ir nodarbināts.
claim-month-not-over = Mēnesis vēl nav beidzies.
claim-month-too-early = Mēnesis ir pārāk sens: agrākais, par kuru vēl var prasīt atmaksu, ir { $month }.
claim-unknown-order = Plānam nav šāda pasūtījuma.
claim-not-self-prepaid = Par šo pasūtījumu sniedzējam maksā dienests.
claim-transport-claim-needed = Transportu prasa atmaksāt ar braucieniem un dokumentiem — transporta pieprasījumā.
claim-not-compensation = Pasūtījums nav transporta kompensācija; braucienos pasūtīto prasa atmaksāt ar čekiem.
claim-outside-month = Diena nav pieprasījuma mēnesī.
claim-outside-order = Diena nav starp { $from } un { $to }.
claim-days-inverted = Pēdējā diena ir pirms pirmās.
claim-volume-above-left = No pasūtījuma atlicis { $left }.
claim-amount-above-left = No pasūtījuma atlikuši { $left } eiro.
claim-nothing-claimed = Nebūtu, ko maksāt.
claim-amount-differs = No norādītā iznāk { $expected }.
claim-total-differs = Daļu summa ir { $expected }.
claim-recipient-not-named = Čekā jābūt saņēmēja vārdam, uzvārdam un personas kodam.
claim-twice = Pieprasījumā tas pats jau ir.
claim-claimed = Tas pats čeks, dokuments vai brauciens ir citā pieprasījumā.
claim-document-missing = Trūkst: { $document }.
claim-document-agreement = patapinājuma līgums vai dienesta ziņojums
claim-document-route-sheet = maršruta lapa
claim-document-fuel-receipt = degvielas čeks
claim-document-contract = līgums
claim-document-contract-or-prices = līgums vai izdrukāts cenrādis
claim-document-receipt = čeks
claim-document-monthly-report = mēneša atskaite
claim-document-ticket = biļete
claim-document-purchase-receipt = e-talona pirkuma čeks
claim-document-trip-list = braucienu saraksts
claim-document-printout = biļetes izdruka
claim-document-payment = maksājuma apliecinājums
claim-document-rules-and-prices = pašvaldības transporta noteikumi un cenas
claim-document-worker-confirmation = darbinieka apliecinājums par nepieciešamību
claim-route-not-shown = Dokumentā jābūt maršrutam un mērķim; pilsētas biļetē mērķa var nebūt.
claim-issuer-required = Jānorāda, kas izdevis maksājuma dokumentu.
claim-required = Šim pārvietošanās veidam tas ir vajadzīgs.
claim-not-of-mode = Šim pārvietošanās veidam tā nav.
claim-unknown-purpose = Brauciena mērķis nav plāna pakalpojums.
claim-no-service-on-day = Pakalpojums šajā dienā nav ne sniegts, ne plānots.
claim-empty-leg = Braucienu bez personas apmaksā tikai uz dienas centru, darbnīcu vai atelpas brīdi.
claim-other-fuel = Automobilim ir cita degviela.
claim-litres-differ = Pēc normas iznāk { $expected } litri.
claim-hired-without-trip = Nomas dienā nav brauciena.
claim-child-travels-free = Bērns ar pavadoni brauc bez maksas.
claim-worker-travel = Par darbinieka braucieniem maksā dienests, nevis personas budžets.
claim-above-ceiling = Par transportu budžets vēl var maksāt { $left } eiro.
claim-allowance-required = Personai ir valsts transporta pabalsts, ko izlieto vispirms: jānorāda, cik no tā izlietots.
claim-allowance-below-tariff = Pusgada pabalsts ir vismaz { $least } eiro.
claim-allowance-used-before = Citos šī pusgada pieprasījumos no pabalsta izlietoti { $expected } eiro.
claim-allowance-first = Vispirms izlieto pabalstu: { $expected } eiro.
conflict-of-another = Cita darbinieka interešu konfliktu reģistrē tikai dienesta vadītājs.
conflict-in-line = Rinda ir par personu, kuras lietā jums ir interešu konflikts: par rēķinu lemj cits dienesta darbinieks.
conflict-about-person = Šīs personas lietās jums ir interešu konflikts: iesniegumu reģistrē cits dienesta darbinieks.
conflict-of-worker = Darbiniekam šajā lietā ir interešu konflikts.
