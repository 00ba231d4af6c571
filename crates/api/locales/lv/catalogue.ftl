# Kataloga un metodiku versijas
overlay-empty = Saturs ir tukšs.
overlay-too-early = Sākuma diena nedrīkst būt agrāka par { $earliest }.
overlay-ends-before-it-begins = Pēdējā diena ir pirms pirmās.
overlay-duplicate = Tāds jau ir: šeit, parametros vai publicētajās versijās.
overlay-tariff-overlaps = Tur tajā pašā laikā ir spēkā cits tā paša pakalpojuma un veida tarifs, kas sākas { $from }.
overlay-unknown = { $code }: tāda nav.
overlay-other-unit = Pakalpojuma mērvienība ir { $unit }.
overlay-does-not-compile = No tā nevar izveidot noteikumus ({ $at }): { $what }.
version-not-after-today = Versijai jāsākas pēc šodienas, { $today }.
problem-version-not-draft-title = Vairs nav projekts
problem-version-not-draft-detail = Versija ir publicēta vai atsaukta: to vairs nevar ne mainīt, ne izmēģināt.

# Pakalpojumu priekšlikumi
proposal-missing = Šim lēmumam lauks ir obligāts.
proposal-not-of-outcome = Šim lēmumam tāda lauka nav.
proposal-not-listed = Katalogā tāda pakalpojuma nav.
proposal-not-added = Versijas nav, tā ir atsaukta vai šo pakalpojumu nepievieno.
problem-proposal-decided-title = Lēmums jau ir pieņemts
problem-proposal-decided-detail = Par priekšlikumu jau ir lēmums.
