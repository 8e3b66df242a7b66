"""German, Dutch, Swedish, Danish, Norwegian."""

from __future__ import annotations

from onedoor.guard.patterns.lexicon.terms import Lexicon

GERMAN: Lexicon = {
    "continue": "setze_fort vervollständig* ergänze führe_fort",
    "you_are": "du_bist",
    "learned": "training programmierung ausbildung",
    "character": "aus_der_rolle",
    "ignore": """
        ignorier* vergiss vergiß vergesse vergesst vergessen missacht* mißacht* missachte beachte_nicht
        nicht_beachten lass_alles lassen_sie_alles verwirf verwerfe verwerfen uebergeh* übergeh*
        nicht_mehr_befolgen hör_nicht_auf höre_nicht_auf hören_sie_nicht_auf aus_dem_kopf aus_deinem_kopf
        hinter_sich befolge_nicht_mehr pfeif_auf lösche widersetz* halte_dich_nicht_an keine_beachtung
        schenke_keine nicht_beachtet kümmere_dich_nicht scher_dich_nicht blende ausblenden breche brich
        verletze umgehe wirf_weg schmeiß
    """,
    "cancel": "überschreib* umgehe umgehen streiche verwirf lösche setz_zurück deaktivier* hebe_auf",
    "prior": """
        vorherig* vorig* bisherig* obig* oben vorangegangen* vorausgegangen* zuvor vorher davor früher*
        frühere ursprünglich* vorhergehend* bislang anfänglich* bestehend* vorstehend* bisher alten alte
        vorhin vorangehend* erhalten
    """,
    "all": "alle alles allen aller jede jeden jegliche* sämtliche* ganzen komplett* gesamte*",
    "everything": "alles sämtliches all_das",
    "instruction": """
        anweisung* instruktion* anleitung* vorgabe* regel regeln befehl befehle befehlen richtlinie* auftrag
        aufträge aufgabe aufgaben aufgabenstellung* vorschrift* weisung* direktive* kommando* einschränkung*
        beschränkung* programmierung anordnung* aufforderung* briefing sicherheitsregel* systemregel*
    """,
    "prompt": """
        systemprompt* systemanweisung* systemnachricht* prompt prompts prompttext* promttext*
        eingabeaufforderung* startanweisung* systemtext*
    """,
    "text": """
        informationen ausführungen gespräch text texte texts nachricht nachrichten wörter worte satz sätze
        eingabe eingaben inhalt kontext wortlaut anfang
    """,
    "your": "dein deine deinen deiner deines deinem ihre ihren euer eure eigene eigenen dir",
    "you": "du dich sie ihr",
    "despite": "entgegen abweichend trotz ungeachtet",
    "praise": """
        gut super großartig ausgezeichnet* toll prima wunderbar danke hervorragend* glückwunsch perfekt klasse
    """,
    "above": "oben obige* vorstehend* darüber oberhalb",
    "told": """
        gesagt gesagte gesagten gegeben mitgeteilt gelernt besprochen geschrieben erhalten hast wurde bekommen
        passiert weißt
    """,
    "superseded": """
        ungültig hinfällig aufgehoben überholt veraltet außer_kraft gelten_nicht_mehr gilt_nicht_mehr nichtig
        obsolet ersetzt widerrufen gegenstandslos
    """,
    "new": """
        neu neue neuen neuer neues neuem nächste nächsten wichtigere wichtiger folgend* andere weitere
        weiteren weiterer
    """,
    "task": "aufgabe aufgaben anweisung anweisungen auftrag aufträge herausforderung* befehl befehle instruktionen",
    "now": "jetzt nun ab_jetzt von_nun_an ab_sofort stattdessen künftig fortan",
    "end": "endet beendet ende schluss fertig erledigt abgeschlossen",
    "show_last": """
        zeig zeige zeigen nenne nennen verrat* verrate verraten offenbar* gib geben ausgeben wiederhol* druck
        drucke schreibe schreib sag sage sagen veröffentlich* preisgeben zitier* liste wiedergeben wiedergib
        kopier* teile lies vorlesen
    """,
    "secret": """
        geheim* versteckt* verborgen* intern* vertraulich* ursprünglich* anfänglich* system erste ersten
        originale* zugrundeliegend* vollständig* exakt* genaue* obige* vorherige* bisherige*
    """,
    "verbatim": """
        wörtlich* wortwörtlich* wort_für_wort exakt* vollständig* komplett* genau* unverändert* ganzen
        gesamten
    """,
    "what": "was welche welchen wie",
    "persona": """
        tu_so gib_dich_als spiel spiele verhalte verhalt verhältst stell_dir_vor stelle_dir_vor du_bist_jetzt
        du_bist_nun nun_bist_du jetzt_bist_du rolle agiere schlüpf* benimm_dich verkörper* simulier*
        antworte_als du_heißt du_bist_ein
    """,
    "without_last": "keine kein keinen keinerlei ohne frei nicht jenseits unabhängig",
    "limit": """
        einschränkung* beschränkung* grenzen regeln filter filtern zensur moral ethik ethisch* moralisch*
        richtlinien hemmungen tabus limits schranken gesetze sicherheitsrichtlinien sicherheitsvorkehrungen
        vorgaben skrupel
    """,
    "unlimited": """
        uneingeschränkt* unzensiert* ungefiltert* grenzenlos* hemmungslos* skrupellos* unbeschränkt*
        ohne_filter ohne_zensur entfesselt*
    """,
    "mode_name": "entwickler* entwicklermodus wartungs* wartungsmodus gott gottmodus",
    "mode": "modus entwicklermodus gottmodus",
    "about": "erkläre erklär übersetz* klassifizier* bedeutet analysier* beispiel beispiele zusammenfass* erkennen",
    "own": "ich mein meine meinen meiner meinem",
    "other": """
        mail mails tippfehler fehler datei dateien warnung warnungen leerzeichen rechnung brief termin groß
        passwort geburtstag schlüssel regenschirm
    """,
    "model": "ki sprachmodell* assistent chatbot",
    "quiet": """
        erwähne_das_nicht erwähne_nichts heimlich unauffällig ohne_den sag_dem_nutzer_nichts verschweig*
        stillschweigend
    """,
    "send": "sende sendet schicke schick übermittle leite_weiter hochladen",
    "credential": "passwort passwörter zugangsdaten api_schlüssel geheimwort",
    "must": "muss müssen sollen soll",
}
DUTCH: Lexicon = {
    "continue": "maak_af vul_aan ga_verder",
    "you_are": "je_bent jij_bent",
    "learned": "training programmering",
    "ignore": """
        negeer negeert negeren vergeet vergeten sla_acht houd_je_niet_aan houd_geen_rekening laat_alles
        trek_je_niets volg_niet_langer schenk_geen_aandacht veronachtzaam* verwerp gooi_weg zet_opzij
        doorbreek overtreed laat_los
    """,
    "prior": """
        vorige voorgaande eerdere bovenstaande voorafgaande hierboven hiervoor oorspronkelijke tot_nu_toe
        daarvoor eerder vroegere bestaande huidige
    """,
    "all": "alle alles elke ieder iedere volledig hele",
    "everything": "alles",
    "instruction": """
        instructie instructies opdracht opdrachten richtlijn richtlijnen aanwijzing aanwijzingen regels bevel
        bevelen commando* voorschrift* beperking* taken opdrachten
    """,
    "prompt": "systeemprompt* systeembericht* systeeminstructie* prompt",
    "text": "tekst bericht berichten woorden zinnen inhoud",
    "your": "jouw uw je_prompt je_instructies je_regels je_eigen je_systeem",
    "you": "jij je u",
    "told": "gezegd gegeven verteld gekregen geleerd ontvangen",
    "new": "nieuwe volgende andere",
    "task": "taak opdracht instructies opdrachten",
    "now": "nu voortaan vanaf_nu",
    "superseded": """
        vervallen ongeldig niet_meer_geldig achterhaald gelden_niet_meer gelden_niet_langer opgeheven
        ingetrokken niet_langer_geldig
    """,
    "show_last": "toon laat_zien geef vertel herhaal onthul druk_af schrijf deel openbaar citeer laat_me noem",
    "secret": """
        geheime verborgen interne oorspronkelijke vertrouwelijke volledige systeem exacte originele initiële
    """,
    "verbatim": "letterlijk* woord_voor_woord precies volledig*",
    "what": "wat welke",
    "persona": """
        doe_alsof gedraag speel je_bent_nu jij_bent_nu je_bent_vanaf_nu rol stel_je_voor handel_als
        antwoord_als
    """,
    "without_last": "geen zonder vrij niet",
    "limit": """
        beperkingen regels filters grenzen censuur ethische moraal ethiek morele richtlijnen limieten
        remmingen
    """,
    "unlimited": "ongefilterd* ongecensureerd* onbeperkt* grenzeloos zonder_filter",
    "about": "leg_uit vertaal betekent classificeer uitleggen vertalen",
    "own": "ik mijn",
    "other": """
        mail mailtje spelfout typefout bestand bestanden waarschuwing* hoofdletters factuur wachtwoord
        verjaardag
    """,
    "above": "boven bovenstaande hierboven",
    "model": "taalmodel assistent chatbot",
    "quiet": "stiekem vermeld_dit_niet noem_dit_niet zonder_het_te heimelijk vertel_het_niet",
    "send": "stuur verstuur verzend doorsturen upload",
    "credential": "wachtwoord wachtwoorden inloggegevens",
    "cancel": "verwijder wis omzeil overschrijf annuleer schrap",
}
SWEDISH: Lexicon = {
    "ignore": """
        ignorera ignorerar glöm strunta bortse åsidosätt glömma förbise följ_inte bryt_mot kasta_bort
        lägg_undan släpp_alla
    """,
    "prior": "tidigare föregående ovanstående ovan ursprungliga dessförinnan hittills innan befintliga",
    "all": "alla allt varje samtliga hela",
    "everything": "allt",
    "instruction": """
        instruktion instruktioner instruktionerna anvisning* regler reglerna riktlinjer riktlinjerna order
        direktiv* uppdrag* kommandon föreskrift* begränsning*
    """,
    "prompt": "systemprompt* systemmeddelande* prompten prompt systeminstruktion*",
    "text": "texten text meddelande* orden innehållet",
    "your": "dina ditt din_prompt din_system",
    "you": "du dig",
    "told": "sagt fått lärt berättat givits sades",
    "new": "nya nytt ny följande",
    "task": "uppgift uppdrag uppgiften instruktioner",
    "now": "nu hädanefter från_och_med_nu",
    "show": "visa avslöja upprepa berätta skriv återge dela lista",
    "secret": "hemliga hemlig dolda interna ursprungliga konfidentiella fullständiga exakta systemets",
    "verbatim": "ordagrant exakt fullständigt ord_för_ord",
    "what": "vad vilka",
    "persona": "låtsas agera du_är_nu rollen rollspel bete_dig spela föreställ nu_är_du",
    "without": "inga utan ingen fri inte",
    "limit": "begränsningar regler filter gränser censur etiska moral etik moraliska restriktioner spärrar",
    "unlimited": "ofiltrerad* ocensurerad* obegränsad* gränslös*",
    "about": "förklara översätt betyder klassificera",
    "own": "jag mitt min mina",
    "other": "mejl mejlet mail stavfel fel filen filer varning* fakturan lösenordet lösenord nycklarna",
    "above": "ovan ovanför",
    "model": "språkmodell* assistent chattbot",
    "quiet": "i_hemlighet nämn_inte utan_att_nämna berätta_inte i_smyg",
    "send": "skicka sänd vidarebefordra ladda_upp",
    "credential": "lösenord lösenordet inloggningsuppgifter",
    "cancel": "radera kringgå upphäv återställ",
    "superseded": "gäller_inte gäller_inte_längre ogiltiga upphävda upphävts",
}
DANISH_NORWEGIAN: Lexicon = {
    "ignore": """
        ignorer ignorér ignorere glem glemme tilsidesæt tilsidesett se_bort_fra overse overser følg_ikke
        ikke_følg bryd bryt smid_væk kast_bort læg_fra forkast
    """,
    "prior": """
        tidligere foregående ovenstående ovenfor forrige hidtil oprindelige ovenstående overstående
        opprinnelige foregående hittil eksisterende ovenfor over inntil
    """,
    "all": "alle alt hver samtlige hele ethvert",
    "everything": "alt",
    "instruction": """
        instruktion instruktioner instruktionerne instruks instrukser instruksene instruksjon* anvisning*
        regler reglerne reglene retningslinjer retningslinjerne retningslinjene ordrer ordrene direktiv*
        kommandoer begrænsning* begrensning* opgaver
    """,
    "prompt": "systemprompt* systembesked* systemmelding* prompten prompt systeminstruks*",
    "text": "teksten tekst besked beskeden meldingen ordene indholdet",
    "your": "dine dit ditt deres",
    "you": "du dig deg",
    "told": "sagt fået fått lært fortalt givet gitt",
    "new": "nye nyt ny nytt følgende",
    "task": "opgave opgaven oppgave oppgaven instruktioner instrukser",
    "now": "nu nå herefter fra_nu_af fra_nå_av",
    "show": "vis vise afslør avslør gentag gjenta fortæl fortell udskriv skriv del gengiv gjengi",
    "secret": """
        hemmelige hemmelig skjulte interne oprindelige opprinnelige fortrolige fulde fulle nøjagtige systemets
    """,
    "verbatim": "ordret nøjagtigt nøyaktig fuldstændig ord_for_ord",
    "what": "hvad hva hvilke",
    "persona": """
        lad_som lat_som opfør oppfør agér du_er_nu du_er_nå rollen rollespil spil forestil nu_er_du nå_er_du
    """,
    "without": "ingen uden uten fri ikke",
    "limit": """
        begrænsninger begrensninger regler filtre grænser grenser censur sensur etiske moral etik etikk
        moralske restriktioner restriksjoner
    """,
    "unlimited": "ufiltreret ufiltrert ucensureret usensurert ubegrænset ubegrenset grænseløs grenseløs",
    "about": "forklar oversæt oversett betyder betyr klassificer",
    "own": "jeg min mit mine mitt",
    "other": """
        mail mailen stavefejl skrivefeil fejl filen filer advarsel advarsler fakturaen adgangskode passord
        nøglerne
    """,
    "above": "ovenfor ovenstående",
    "model": "sprogmodel* språkmodell* assistent",
    "quiet": "i_hemmelighed i_hemmelighet nævn_ikke ikke_nævn ikke_nevn nevn_ikke",
    "send": "videresend send_videre",
    "credential": "adgangskoden passordet kodeordet",
    "cancel": "slet slett omgå ophæv opphev nulstil",
    "superseded": "gælder_ikke gjelder_ikke ophævet opphevet ugyldige",
}
GERMANIC = (GERMAN, DUTCH, SWEDISH, DANISH_NORWEGIAN)
