# Aprēķina rindas
volume-consultation = { $volume } { $count ->
    [one] konsultācija
   *[other] konsultācijas
}
volume-session = { $volume } { $count ->
    [one] nodarbība
   *[other] nodarbības
}
volume-hour = { $volume } h
volume-day = { $volume } { $count ->
    [one] diena
   *[other] dienas
}
volume-day-24h = { $volume } { $count ->
    [one] diennakts
   *[other] diennaktis
}
volume-month = { $volume } { $count ->
    [one] mēnesis
   *[other] mēneši
}
volume-half-year = { $volume } { $count ->
    [one] pusgads
   *[other] pusgadi
}
volume-trip = { $volume } { $count ->
    [one] brauciens
   *[other] braucieni
}
volume-euro = { $volume } EUR
line-monthly = { $why }: { $volume } mēnesī x { $months } { $months ->
    [one] mēnesis
   *[other] mēneši
} x { $price } EUR
line-monthly-less = { $why }: { $volume } mēnesī x { $months } { $months ->
    [one] mēnesis
   *[other] mēneši
} (atelpas brīdis institūcijā atņem { $off ->
    [one] { $off } mēnesi
   *[other] { $off } mēnešus
}) x { $price } EUR
line-period = { $why }: { $volume } periodā x { $price } EUR
line-ceiling = { $why }: griesti { $ceiling } EUR periodā
line-ceiling-with-allowance = { $why }: griesti { $ceiling } EUR periodā, samazināti par valsts transporta pabalstu
line-lower-amount = { $why }: { $amount } EUR periodā, noteikts zem griestiem { $ceiling } EUR
line-monthly-ceiling = { $why }: griesti { $price } EUR mēnesī
line-lower-monthly-amount = { $why }: { $price } EUR mēnesī, noteikts zem griestiem

# Brīdinājumi
warning-turns-18 = Bērnam periodā paliek 18 gadu: plāns turpinās līdz { $last_day }, summa nemainās.
warning-severity-ignored = Funkcionēšanas ierobežojuma smagumu nosaka no 14 gadiem; jaunākam bērnam tas netiek ņemts vērā.
warning-unconfirmed-living-arrangement = Dzīvesvietas veida apzīmējumu “{ $label }” neviens avots neapstiprina.

# Aprēķina atteikumi
no-version-for-date = { $methodology }: datumam { $date } nav versijas.
child-not-yet-born = Vecums: dzimšanas datums ir pēc aprēķina dienas.
child-too-old = Vecums: metodika paredzēta bērniem, kuriem aprēķina dienā nav 18 gadu.
child-missing-special-care = special_care: jānorāda, vai ir atzinums par īpašas kopšanas nepieciešamību.
child-missing-severity = severity: grupā { $group } jānorāda funkcionēšanas ierobežojuma smagums.
child-duplicate-criterion = { $criterion }: kritērijs norādīts vairākkārt.
child-too-young = { $criterion }: bērnam jābūt { $months } { $months ->
    [one] pilnam mēnesim
   *[other] pilniem mēnešiem
}.
child-not-heavy = { $criterion }: vajadzīga īpaša kopšana (līdz 14 gadiem) vai smags vai ļoti smags ierobežojums (14-17 gadi).
child-no-guide-dog = guide_dog: vajadzīgs vismaz { $years } gadu vecums un ļoti smags ierobežojums.
child-no-special-care-benefit = special_care_benefit: pabalstu var ieskaitīt tikai tad, ja vajadzīga īpaša kopšana.
child-above-ceiling = { $criterion }: summa pārsniedz griestus { $ceiling } EUR periodā.
child-above-ceiling-with-allowance = { $criterion }: summa pārsniedz griestus { $ceiling } EUR periodā, kurus samazina valsts transporta pabalsts.
adult-missing-care-level = care_level: jānorāda aprūpes līmenis.
adult-missing-living-arrangement = living_arrangement: jānorāda dzīvesvietas veids.
adult-not-in-table = care_level: metodikā nav summas { $level }. aprūpes līmenim.
adult-duplicate-need = { $need }: vajadzība norādīta vairākkārt.
adult-above-ceiling = { $need }: summa pārsniedz griestus { $ceiling } EUR mēnesī.

# Atbilstība
eligibility-missing = Nevar izlemt; trūkst: { $fields }.
eligibility-functional-impairment-met = Konstatēti funkcionālie traucējumi.
eligibility-functional-impairment-not-met = Funkcionālie traucējumi nav konstatēti.
eligibility-disability-met = Invaliditāte ir spēkā.
eligibility-disability-none = VDEĀVK invaliditāti nav noteikusi.
eligibility-disability-ended = Invaliditāte beidzās { $until }, pirms { $date }.
eligibility-severe-disability-met = Spēkā ir smaga vai ļoti smaga invaliditāte (I vai II grupa).
eligibility-severe-disability-not-met = Invaliditāte nav smaga vai ļoti smaga (I vai II grupa).
eligibility-mental-disorder-met = Personai ir garīga rakstura traucējumi.
eligibility-mental-disorder-not-met = Personai nav garīga rakstura traucējumu.
eligibility-lives-in-community-met = Persona dzīvo sabiedrībā.
eligibility-lives-in-community-not-met = Persona nedzīvo sabiedrībā, bet ilgstošas aprūpes institūcijā.
eligibility-assessed-in-di-project-met = Bērns ir izvērtēts deinstitucionalizācijas projektā.
eligibility-assessed-in-di-project-not-met = Bērns nav izvērtēts deinstitucionalizācijas projektā.
eligibility-age-under-18 = { $date } bērna vecums ir { $years } gadi: mazāk par 18.
eligibility-age-not-under-18 = { $date } personas vecums ir { $years } gadi: nav mazāk par 18.
eligibility-age-not-born = Dzimšanas datums ir pēc { $date }.
eligibility-age-adult = { $date } personas vecums ir { $years } gadi: vismaz 18.
eligibility-age-not-adult = { $date } personas vecums ir { $years } gadi: mazāk par 18.

# Pieprasījuma kļūdas
fault-required = { $name }: lauks ir obligāts.
fault-unknown-field = Tāda lauka nav.
fault-wrong-type = Vērtībai ir nepareizs tips.
fault-not-in-list = Vērtībai jābūt vienai no: { $options }.
fault-format = Vērtība neatbilst formātam { $format }.
fault-pattern = Vērtībai nav specifikācijā noteiktā veida.
fault-minimum = Vērtībai jābūt vismaz { $limit }.
fault-maximum = Vērtība nedrīkst pārsniegt { $limit }.
fault-min-items = Jānorāda vismaz { $limit }.
fault-max-items = Drīkst norādīt ne vairāk kā { $limit }.
fault-min-length = Tekstā jābūt vismaz { $limit } rakstzīmēm.
fault-max-length = Tekstā drīkst būt ne vairāk kā { $limit } rakstzīmes.
fault-unique = Vērtībām jābūt dažādām.
fault-duplicate = { $name }: lauks norādīts vairākkārt.
fault-invalid-value = Vērtība nav derīga.
fault-csv-cells = Rindā ir { $found } šūnas, bet galvenē { $expected }.
fault-csv-column = { $number }. kolonnas nosaukums nav neviens no: { $options }.
fault-encoding = Teksts nav UTF-8 kodējumā.
fault-pilot-has-no-indicative-budget = Izmēģinājumprojekta metodikā nosaka provizorisko apmēru: izmantojiet /v1/provisional-budgets.
query-required = Vaicājuma parametrs { $name } ir obligāts.
query-unknown = Vaicājuma parametra { $name } nav.
query-duplicate = Vaicājuma parametrs { $name } norādīts vairākkārt.
query-invalid = Vaicājuma parametra vērtība nav derīga.

# Problēmas
problem-malformed-json-title = Nepareizs JSON
problem-malformed-json-detail = Saturs nav derīgs JSON: { $line }. rinda, { $column }. kolonna.
problem-unfit-title = Pieprasījums neatbilst API specifikācijai
problem-unfit-detail = API specifikācijai neatbilst { $count ->
    [one] { $count } lauks
   *[other] { $count } lauki
}; skatīt errors.
problem-refused-title = Noteikumi pieprasījumu noraida
problem-refused-detail = Pieprasījumu noraida { $count ->
    [one] { $count } noteikums
   *[other] { $count } noteikumi
}; skatīt errors.
problem-unauthenticated-title = Nav autentificēts
problem-unauthenticated-detail = Vajadzīga derīga pilnvara (Bearer) galvenē Authorization.
problem-forbidden-title = Nav atļauts
problem-forbidden-detail = Pieprasītājam nav lomas, kurai tas atļauts.
problem-not-found-title = Nav atrasts
problem-not-found-detail = Tāda resursa nav.
problem-method-not-allowed-title = Metode nav atļauta
problem-method-not-allowed-detail = Resurss šo metodi nepieņem.
problem-unsupported-media-type-title = Neatbalstīts satura veids
problem-unsupported-media-type-detail = Saturam jābūt norādītam kā { $expected }.
problem-too-large-title = Pārāk liels
problem-too-large-detail = Saturs ir lielāks par { $limit } baitiem.
problem-rate-limited-title = Pārāk daudz pieprasījumu
problem-rate-limited-detail = Mēģiniet vēlreiz pēc Retry-After norādītā laika.
problem-timeout-title = Pārāk ilgi
problem-timeout-detail = Pieprasījums netika pabeigts laikā.
problem-internal-title = Iekšēja kļūda
problem-internal-detail = Serverī notika kļūda. Šo gadījumu apzīmē instance.
problem-unavailable-title = Nav gatavs
problem-unavailable-detail = Kāda pakalpojuma daļa nav gatava; mēģiniet vēlreiz pēc Retry-After norādītā laika.
problem-http-error-title = Pieprasījums neizdevās
problem-http-error-detail = Pieprasījums neizdevās ar statusu { $status }.

# Darba dienas
calendar-exception-says-nothing = Valsts kalendārā { $date } jau ir tāda pati diena.
working-days-beyond-calendar = Periods beidzas ārpus kalendāra.
working-days-to-before-from = Pēdējā diena ir pirms pirmās.
working-days-too-long = Var uzskaitīt ne vairāk kā { $most } dienas.
working-days-to-or-days = Norādiet vai nu to, vai days.
problem-open-application-exists-title = Personai ir atvērts iesniegums
problem-open-application-exists-detail = Personai jau ir atvērts iesniegums šajā vai citā pašvaldībā.
problem-application-closed-title = Iesniegums ir slēgts
problem-application-closed-detail = Par iesniegumu ir pieņemts lēmums, vai tas ir atsaukts; to vairs nevar mainīt.
problem-stale-title = Dati pa šo laiku ir mainīti
problem-stale-detail = Dati ir mainīti, kopš tos nolasījāt: nolasiet tos vēlreiz.
problem-precondition-required-title = Trūkst If-Match
problem-precondition-required-detail = Izmaiņām vajadzīga galvene If-Match ar nolasītās versijas ETag.
problem-idempotency-key-reused-title = Idempotency-Key jau izmantota
problem-idempotency-key-reused-detail = Šī Idempotency-Key jau izmantota citam pieprasījumam.
problem-application-not-granted-title = Iesniegums nav apmierināts
problem-application-not-granted-detail = Budžetu aprēķina tikai pēc lēmuma par piešķiršanu.
problem-active-budget-exists-title = Personai ir spēkā esošs budžets
problem-active-budget-exists-detail = Personai jau ir spēkā esošs budžets šajā vai citā pašvaldībā. To, kura plāna periods ir beidzies, vispirms izbeidz, vai tam seko tās pašas lietas nākamais budžets.
problem-eligibility-lapsed-title = Kāds nosacījums vairs neizpildās
problem-eligibility-lapsed-detail = Pēc faktiem, par kuriem lemts, kāds nosacījums vairs neizpildās: personai jāiesniedz jauns iesniegums.
problem-budget-not-indicative-title = Aprēķins ir spēkā
problem-budget-not-indicative-detail = Plāns ir parakstīts vai budžets ir slēgts: aprēķinu vairs nevar mainīt.
problem-already-signed-title = Jau parakstīts
problem-already-signed-detail = Šī puse spēkā esošo aprēķinu jau ir parakstījusi.
problem-not-acceptable-title = Šādā veidā nav pieejams
problem-not-acceptable-detail = Dokumentu nevar sagatavot veidā, ko prasa Accept: ir HTML, kā arī PDF, ja serveris ar to ir būvēts.
problem-office-not-described-title = Iestāde nav aprakstīta
problem-office-not-described-detail = Dokumentos norāda iestādi un amatpersonas: vispirms aprakstiet to ar PUT /v1/office.
problem-not-reproducible-title = Rezultātu nevar atkārtot
problem-not-reproducible-detail = Pašreizējie noteikumi nedod to, kas ir saglabāts; atšķirības parāda atkārtošana.
problem-plan-status-title = Plāns nav stāvoklī, kurā to drīkst darīt
problem-plan-status-detail = Plāns ir citā stāvoklī: skatiet tā statusu un soļus.
problem-no-plan-draft-title = Plānam nav uzmetuma
problem-no-plan-draft-detail = Plānam nav uzmetuma, ko mainīt vai parakstīt: vispirms atveriet pārskatīšanu.
problem-plan-revision-open-title = Pārskatīšana ir atvērta
problem-plan-revision-open-detail = Plānu jau pārskata.
problem-calculation-not-signed-title = Aprēķins nav parakstīts
problem-calculation-not-signed-detail = Darbinieks un saņēmējs paraksta budžeta aprēķinu pirms plāna.
problem-assessment-required-title = Vajadzīga izvērtēšana
problem-assessment-required-detail = Plānam vajadzīga pabeigta lietas izvērtēšana, kas plāna pirmajā dienā nav vecāka par budžeta periodu; pārskatīšanai ar jaunu izvērtēšanu vajadzīga tāda, kas pabeigta pēc tās atvēršanas.
problem-plan-exists-title = Budžetam ir plāns
problem-plan-exists-detail = Budžetam jau ir plāns: pārskatiet to.
problem-budget-closed-title = Budžets ir slēgts
problem-budget-closed-detail = Budžets ir beidzies.
problem-plan-not-in-force-title = Plāns nav spēkā
problem-plan-not-in-force-detail = Pakalpojumus pasūta tikai spēkā esošam plānam.
problem-contract-not-signed-title = Līgums nav parakstīts
problem-contract-not-signed-detail = Pakalpojumus pasūta, kad līgumu, kura pielikums ir plāns, parakstījuši gan dienesta vadītājs, gan persona.
problem-order-closed-title = Pasūtījums ir slēgts
problem-order-closed-detail = Pasūtījums ir slēgts: tajā vairs neko nemaina.
problem-plan-signed-title = Šeit ir parakstīts plāns
problem-plan-signed-detail = Tā norēķini paliek šeit: izbeidziet plānu; otrs sociālais dienests reģistrē savu iesniegumu.
problem-provider-exists-title = Pakalpojuma sniedzējs ir reģistrēts
problem-provider-exists-detail = Pakalpojuma sniedzējs ar šo reģistrācijas numuru vai personas kodu jau ir reģistrēts.
problem-subject-taken-title = Pārstāv citu pakalpojuma sniedzēju
problem-subject-taken-detail = Kāds no lietotājiem jau pārstāv citu pakalpojuma sniedzēju.
problem-person-erased-title = Personas dati ir dzēsti
problem-person-erased-detail = Kad beidzās glabāšanas termiņš, viss, kas stāstīja par personu, tika dzēsts.
problem-person-has-live-case-title = Personas lieta nav noslēgta
problem-person-has-live-case-detail = Personai šeit ir atvērts iesniegums vai piešķirts budžets.
problem-role-granted-already-title = Loma jau ir piešķirta
problem-role-granted-already-detail = Šim identifikatoram šī loma kādā no šīm dienām jau ir piešķirta.
problem-role-grant-ended-title = Piešķīrums ir beidzies
problem-role-grant-ended-detail = Piešķīrums jau ir izbeigts.
problem-assessment-completed-title = Izvērtējums ir pabeigts
problem-assessment-completed-detail = Izvērtējums ir pabeigts, un to vairs nevar mainīt.
problem-initial-assessment-exists-title = Sākotnējais izvērtējums jau ir
problem-initial-assessment-exists-detail = Lietā jau ir sākotnējais izvērtējums.
office-municipality-required = Norādiet, uz kuras pašvaldības dienestu attiecas pieprasījums.
problem-delivery-invoiced-title = Sniegtais pakalpojums ir iekļauts rēķinā
problem-delivery-invoiced-detail = Rēķinā iekļauto labo ar kredītrēķinu.
problem-delivery-withdrawn-title = Ieraksts ir atsaukts
problem-delivery-withdrawn-detail = Ieraksts ir atsaukts: izveidojiet jaunu.
problem-notice-acknowledged-title = Ziņojums ir pieņemts zināšanai
problem-notice-acknowledged-detail = Dienests ziņojumu jau ir pieņēmis zināšanai.
problem-nothing-delivered-title = Nekas nav sniegts
problem-nothing-delivered-detail = Nav ko apstiprināt: ierakstā teikts, ka nekas nav sniegts.
problem-invoice-exists-title = Numurs pieder citam rēķinam
problem-invoice-exists-detail = Sniedzējam ir cits rēķins ar šo numuru.
problem-invoice-status-title = Rēķins to negaida
problem-invoice-status-detail = Rēķina pašreizējā stāvoklī tas nav iespējams.
problem-monthly-report-exists-title = Par mēnesi ir pārskats
problem-monthly-report-exists-detail = Pašvaldībai jau ir pārskats par šo mēnesi.
problem-later-report-exists-title = Ir pārskats par vēlāku mēnesi
problem-later-report-exists-detail = Ir pārskats par vēlāku mēnesi, un tajā ir viss, kas attiecas uz šo.
problem-monthly-report-status-title = Pārskats to negaida
problem-monthly-report-status-detail = Pārskata pašreizējā stāvoklī tas nav iespējams.
problem-pilot-period-status-title = Ar periodu šajā stāvoklī to nevar darīt
problem-pilot-period-status-detail = Melnrakstu atver; atvērtā periodā sagatavo budžetus, un to vienreiz pārdala, ar ko tas ir slēgts.
problem-pilot-period-terms-stand-title = Perioda nosacījumi ir noteikti
problem-pilot-period-terms-stand-detail = Atvērtam periodam var mainīt tikai iepriekšējā perioda neizlietoto atlikumu.
problem-pilot-plans-missing-title = Nav visu plānu
problem-pilot-plans-missing-detail = Periodu pārdala, kad katram tā budžetam ir parakstīts atbalsta plāns.
problem-pilot-period-not-over-title = Periods nav beidzies
problem-pilot-period-not-over-detail = Cik perioda naudas palicis neizlietots, ir zināms no nākamās dienas pēc tā beigām, kad tas ir pārdalīts.
problem-pilot-period-empty-title = Periodā nav budžetu
problem-pilot-period-empty-detail = Nav, ko pārdalīt.
problem-pilot-report-exists-title = Par periodu jau ir pārskats
problem-pilot-report-exists-detail = Pašvaldībai vai darbības pārskata darbiniekam jau ir šāda veida pārskats par šo periodu.
problem-pilot-report-status-title = Pārskats to negaida
problem-pilot-report-status-detail = Pārskata pašreizējā stāvoklī tas nav iespējams.
problem-account-statement-required-title = Trūkst konta izraksta
problem-account-statement-required-detail = Naudas plūsmas pārskatu saskaņo, kad starp tā dokumentiem ir konta izraksts.
problem-nothing-to-pay-title = Nekas negaida apmaksu
problem-nothing-to-pay-detail = Neviens apstiprināts rēķins vai pieprasījums negaida apmaksu, vai kredītrēķini atņem tikpat daudz.
problem-document-deleted-title = Dokuments ir dzēsts
problem-document-deleted-detail = Dokumenta datne ir dzēsta; ziņas par to paliek.
problem-goal-result-exists-title = Mērķa rezultāts jau ir
problem-goal-result-exists-detail = Šī mērķa rezultāts jau ir reģistrēts: labojiet to.
problem-goal-result-final-title = Rezultāti ir galīgi
problem-goal-result-final-detail = Plāns ir beidzies, un nākamais izvērtējums ir pabeigts.
problem-rated-this-year-title = Šogad jau novērtēts
problem-rated-this-year-detail = Šis vērtētājs šogad šo lietu jau ir novērtējis.
problem-survey-exists-title = Aptauja jau ir reģistrēta
problem-survey-exists-detail = Lietā jau ir šī posma un šī respondenta aptauja.
problem-risk-closed-title = Risks ir slēgts
problem-risk-closed-detail = Risks ir slēgts, un to vairs nevar mainīt.
problem-risk-not-assessed-title = Risks nav novērtēts
problem-risk-not-assessed-detail = Risku analizē, kad ir zināma tā iespējamība un ietekme.
problem-no-plan-title = Lietai nav plāna
problem-no-plan-detail = Lietai nav plāna, ko sagatavo vai kas ir spēkā.
problem-hand-over-offered-title = Lieta jau ir piedāvāta
problem-hand-over-offered-detail = Lieta gaida citas pašvaldības atbildi: vispirms atsauciet šo piedāvājumu.
problem-hand-over-not-offered-title = Piedāvājums ir beidzies
problem-hand-over-not-offered-detail = Lieta ir pieņemta vai noraidīta, vai piedāvājums ir atsaukts vai zaudējis spēku: uz to vairs neatbild.
problem-request-not-open-title = Pieprasījums nav atvērts
problem-request-not-open-detail = Uz pieprasījumu ir atbildēts, vai tas ir atsaukts, un to vairs nevar mainīt.
problem-revision-required-title = Plāns nav pārskatīts
problem-revision-required-detail = Kopš pieprasījuma saņemšanas plāns nav pārskatīts: vispirms sāciet pārskatīšanu.
problem-schedule-exists-title = Mēnesim ir grafiks
problem-schedule-exists-detail = Plānam jau ir šī mēneša grafiks: aizstājiet to.
problem-complaint-answered-title = Uz sūdzību ir atbildēts
problem-complaint-answered-detail = Uz sūdzību ir atbildēts, un to vairs nevar mainīt.
problem-conflict-declared-title = Konflikts jau ir reģistrēts
problem-conflict-declared-detail = Šis interešu konflikts jau ir reģistrēts.
problem-conflict-ended-title = Konflikts ir beidzies
problem-conflict-ended-detail = Šis interešu konflikts jau ir beidzies.
problem-not-an-agreement-title = Tā nav piekrišana
problem-not-an-agreement-detail = Paziņoto nevar atsaukt.
problem-agreement-withdrawn-title = Piekrišana ir atsaukta
problem-agreement-withdrawn-detail = Piekrišana jau ir atsaukta.
