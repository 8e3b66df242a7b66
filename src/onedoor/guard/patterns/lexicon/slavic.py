"""Polish, Czech, Slovak, Croatian, Serbian, Bulgarian, Russian, Ukrainian."""

from __future__ import annotations

from onedoor.guard.patterns.lexicon.terms import Lexicon

POLISH: Lexicon = {
    "continue": "kontynuuj dokończ uzupełnij",
    "you_are": "jesteś",
    "learned": "trening szkolenie programowanie",
    "ignore": """
        zignoruj* ignoruj* zapomnij zapomnijcie pomiń pomińcie pomijaj nie_zważaj nie_zwracaj_uwagi nie_stosuj
        odrzuć zlekceważ porzuć przestań_przestrzegać nie_przestrzegaj zapomnieć wyrzuć złam lekceważ
    """,
    "cancel": "anuluj* usuń nadpisz unieważnij",
    "prior": """
        poprzedni* wcześniejsz* powyższ* dotychczasow* uprzedni* wcześniej przedtem powyżej pierwotn*
        początkow* otrzymane dotąd istniejąc*
    """,
    "all": "wszystko wszystkie wszystkich wszelkie każde każdą cały całą całe",
    "everything": "wszystko wszystkim",
    "instruction": """
        instrukcj* poleceni* poleceń rozkaz* reguł* zasady zasad wytyczn* wskazówk* wskazówek ograniczeni*
        ograniczeń dyrektyw* nakaz* komend* zadania
    """,
    "prompt": "prompt prompta promptu prompty monit* wiadomość_systemową instrukcje_systemowe instrukcję_systemową",
    "text": "tekst wiadomość wiadomości słowa treść zdania",
    "your": "twoje twoja twój twoich swoje swoich swój",
    "you": "ty ci jesteś",
    "told": "powiedziano powiedziałem dano otrzymałeś nauczyłeś napisano dostałeś",
    "new": "nowe nowa nowy nowych następujące",
    "task": "zadanie polecenie instrukcje misja",
    "now": "teraz odtąd od_teraz",
    "show": """
        pokaż ujawnij wyświetl wypisz powtórz podaj zdradź napisz wydrukuj powiedz przedstaw zacytuj
        udostępnij pokażcie
    """,
    "secret": "systemow* tajn* ukryt* wewnętrzn* początkow* pierwotn* poufn* pełn* dokładn* sekretn*",
    "verbatim": "dosłownie słowo_w_słowo dokładnie w_całości",
    "what": "jakie jaki co jaka",
    "persona": """
        udawaj zachowuj jesteś_teraz teraz_jesteś wciel rolę odgrywaj od_teraz_jesteś wyobraź symuluj
        będziesz_teraz działaj
    """,
    "without": "bez żadnych żadne brak wolny nie",
    "limit": """
        ograniczeń ograniczenia zasad reguł filtrów filtry cenzury limitów etyki etyczn* moraln* moralności
        granic zahamowań
    """,
    "unlimited": "nieograniczon* nieocenzurowan* niefiltrowan*",
    "about": "wyjaśnij przetłumacz znaczy sklasyfikuj",
    "own": "mój moja moje ja",
    "other": "mail maila literówk* błąd błędy plik pliki ostrzeżeni* fakturze hasło hasła kluczy urodzinach",
    "above": "powyżej wyżej",
    "model": "asystent asystencie model_językowy",
    "quiet": "potajemnie w_tajemnicy nie_wspominaj nie_mów bez_wiedzy dyskretnie",
    "send": "wyślij prześlij przekaż",
    "credential": "hasło hasła",
    "superseded": "nie_obowiązują już_nie_obowiązują unieważnione nieaktualne anulowane nieważne",
}
CZECH_SLOVAK: Lexicon = {
    "continue": "pokračuj doplň dokonči",
    "you_are": "jsi_užitečn* si_užitočn*",
    "learned": "trénink výcvik tréning programování",
    "ignore": """
        ignoruj* zapomeň zapomeňte zabudni zabudnite zanedbej nedbej nedbajte přehlížej neber nezohledňuj
        nebeř_v_úvahu opomeň vynech vynechaj pomiň pust_z_hlavy neriaď_sa neřiď_se přestaň_dodržovat zahoď
        poruš odhoď ignorovat odmietni
    """,
    "prior": """
        předchozí* předešl* dosavadn* výše dřívějš* původní* predchádzajúc* doterajš* vyššie predošl* vyššie
        pôvodn* skorš* uvedené počáteční* předtím predtým existujíc* obdržen*
    """,
    "all": "všechny všechno všechna vše veškeré všetky všetko všetkých každ* celý celé celou veškerých",
    "everything": "všechno vše všetko",
    "instruction": """
        instrukc* pokyn* příkaz* pravidl* směrnic* omezení nařízení inštrukci* príkaz* pravidiel smernic*
        obmedzeni* zadání zadania úkoly
    """,
    "prompt": """
        prompt promptu prompty systémovou_zprávu systémová_zpráva systémové_instrukce systémovú_správu
        systémové_pokyny
    """,
    "text": "text zprávu zprávy správu správy slova slová obsah věty",
    "your": "tvoje tvé své svoje vaše svůj tvůj tvoj svoj",
    "you": "ty jsi si",
    "told": "řekl řečeno řekli dostal dáno povedané povedali naučil sdělil",
    "new": "nové nový nová následující nasledujúce nových",
    "task": "úkol úloha úlohu pokyny instrukce zadání inštrukcie",
    "now": "nyní teď odteď odteraz teraz od_této_chvíle",
    "show": """
        ukaž zobraz prozraď vypiš zopakuj napiš odhal odhaľ vyzraď sděl vytiskni prezraď zopakuj vypíš povedz
        řekni uveď ukažte ukáž
    """,
    "secret": """
        systémov* tajn* skryt* vnitřní* interní* původní* dôvern* důvěrn* úpln* interné vnútorn* přesn* presn*
        počáteční*
    """,
    "verbatim": "doslova doslovně doslovne slovo_od_slova slovo_za_slovem přesně presne",
    "what": "jaké jaký co aké aký čo jaká",
    "persona": """
        předstírej chovej predstieraj správaj jsi_nyní nyní_jsi jsi_teď teď_jsi teraz_si si_teraz roli rolu
        úlohu hraj představ predstav simuluj vystupuj
    """,
    "without": "bez žádná žádné žádných žiadne žiadnych nemáš volný",
    "limit": """
        omezení pravidel filtrů filtrov cenzury obmedzení pravidiel hranic hraníc limitů limitov etick* etiky
        moráln* morálky zábran
    """,
    "unlimited": "neomezen* necenzurovan* nefiltrovan* neobmedzen*",
    "about": "vysvětli přelož znamená vysvetli prelož klasifikuj",
    "own": "můj moje moji moja",
    "other": "mail překlep* preklep* chyb* soubor* súbor* varování varovania fakturu heslo klíče kľúče narozeniny",
    "above": "výše vyššie nahoře",
    "model": "asistent asistente jazykový_model",
    "quiet": "tajně tajne nezmiňuj nespomínaj neříkej nehovor potají",
    "send": "pošli odešli přepošli prepošli zašli",
    "credential": "heslo hesla",
    "cancel": "smaž zruš obejdi vymaž přepiš",
    "superseded": "neplatí neplatia už_neplatí už_neplatia zrušeny zrušená zrušené neplatné",
}
CROATIAN: Lexicon = {
    "continue": "nastavi dovrši dopuni",
    "you_are": "ti_si",
    "learned": "obuku trening programiranje",
    "ignore": """
        ignoriraj* ignoriši ignorišite ignorisi zanemari zanemarite zaboravi zaboravite ne_obaziri odbaci
        previdi prestani_slijediti prekrši baci napusti
    """,
    "prior": """
        prethodn* ranij* gornje gore navedene dosadašnj* prijašnj* izvorne početn* iznad prije dosad postojeć*
    """,
    "all": "sve svaku svaki svih cijeli",
    "everything": "sve",
    "instruction": """
        upute uputa uputstva uputstvo instrukcij* naredb* naređenj* pravila smjernic* smernic* ograničenj*
        zapovijed* naloge direktiv*
    """,
    "prompt": "prompt prompta promptove sistemsku_poruku sustavsku_poruku sistemske_upute sistemska_uputstva",
    "text": "tekst poruku poruke riječi sadržaj",
    "your": "tvoje svoje svoj tvoj vaše",
    "you": "ti si",
    "told": "rečeno rekli dobio dano dato naučio",
    "new": "nove novi nova sljedeće sledeće",
    "task": "zadatak upute uputstva",
    "now": "sada sad od_sada odsad",
    "show": "pokaži prikaži otkrij ispiši ponovi reci napiši oda podijeli navedi",
    "secret": """
        sistemsk* sustavsk* tajn* skriven* interne izvorne povjerljiv* poverljiv* potpun* točn* početn*
        sustava
    """,
    "verbatim": "doslovno riječ_po_riječ reč_po_reč točno tačno",
    "what": "koje koja što šta koji",
    "persona": "pretvaraj ponašaj glumi sada_si ti_si_sada od_sada_si ulogu zamisli simuliraj",
    "without": "bez nikakvih ikakvih slobodan nema nemaš",
    "limit": "ograničenja pravila filtera filtara cenzure granica etičk* moraln* etike morala",
    "unlimited": "neograničen* necenzuriran* nefiltriran*",
    "about": "objasni prevedi znači",
    "other": "mail tipfeler greška grešku datotek* upozorenj* račun lozinku ključeve",
    "above": "iznad gore",
    "model": "asistent asistente jezični_model",
    "quiet": "potajno tajno ne_spominji nemoj_spominjati",
    "send": "pošalji proslijedi prosledi",
    "credential": "lozinku lozinka lozinke",
    "cancel": "obriši poništi zaobiđi izbriši ukini",
    "superseded": "više_ne_vrijede ne_vrijede više_ne_važe ne_važe ukinuta ukinute poništena poništene nevažeća",
}
SERBIAN: Lexicon = {
    "ignore": "игнориши* игнорирај* занемари* заборави заборавите одбаци не_обазири прекрши баци напусти",
    "prior": "претходн* раниј* горње горе наведене досадашњ* почетн* изнад пре досад",
    "all": "све сваку сваки свих",
    "everything": "све",
    "instruction": "упутства упутство инструкциј* наредб* наређењ* правила смерниц* ограничењ* налоге",
    "prompt": "промпт системску_поруку системска_упутства системски_промпт",
    "text": "текст поруку поруке речи садржај",
    "your": "твоје своје свој твој ваше",
    "told": "речено рекли добио дато",
    "now": "сада сад од_сада",
    "show": "покажи прикажи откриј испиши понови реци напиши одај наведи",
    "secret": "системск* тајн* скривен* интерне почетн* поверљив* потпун* тачн*",
    "verbatim": "дословно реч_по_реч тачно",
    "what": "које која шта који",
    "persona": "претварај понашај глуми сада_си ти_си_сада улогу замисли",
    "without": "без никаквих икаквих слободан немаш",
    "limit": "ограничења правила филтера цензуре граница етичк* моралн*",
    "unlimited": "неограничен* нецензурисан* нефилтриран*",
    "about": "објасни преведи значи",
    "other": "мејл грешку грешка датотек* упозорењ* рачун лозинку кључеве",
    "above": "изнад горе",
    "model": "асистент асистенте",
    "quiet": "потајно тајно не_помињи немој_помињати",
    "send": "пошаљи проследи",
    "credential": "лозинку лозинка лозинке",
    "cancel": "обриши поништи заобиђи избриши укини",
    "superseded": "више_не_важе не_важе укинута поништена неважећа",
}
BULGARIAN: Lexicon = {
    "continue": "продължи довърши допълни",
    "you_are": "ти_си",
    "learned": "обучението програмирането",
    "ignore": """
        игнорирай* забрави забравете пренебрегни пренебрегнете пренебрегвай* не_обръщай_внимание отхвърли
        зарежи не_спазвай наруши изхвърли захвърли
    """,
    "prior": "предишн* предходн* горните горе досегашн* по_горе първоначалн* преди досега",
    "all": "всички всичко всяка цялата",
    "everything": "всичко",
    "instruction": """
        инструкци* указани* правила правилата заповед* команди насоки насоките нареждани* ограничени*
        директив*
    """,
    "prompt": "промпт промпта промптът системното_съобщение системните_инструкции системния_промпт",
    "text": "текст текста съобщени* думи думите съдържание*",
    "your": "твоите твоя вашите своите",
    "told": "казано казали получил дадени дадено",
    "new": "нови нова новите следните",
    "task": "задача инструкции",
    "now": "сега отсега от_сега",
    "show": "покажи разкрий повтори изведи кажи напиши сподели отпечатай издай изпиши",
    "secret": "системн* тайн* скрит* вътрешн* първоначалн* поверителн* пълн* точн*",
    "verbatim": "дословно буквално дума_по_дума точно",
    "what": "какви какво каква какъв кои",
    "persona": "преструвай дръж_се сега_си ти_си_сега вече_си ролята представи симулирай",
    "without": "без никакви никакъв свободен нямаш",
    "limit": "ограничени* правила филтри цензура граници етични етика морални морал",
    "unlimited": "неограничен* нецензуриран* нефилтриран*",
    "about": "обясни преведи означава",
    "other": "имейл грешк* файл* предупрежден* фактура* парола ключове",
    "above": "горе по_горе",
    "model": "асистент ии",
    "quiet": "тайно не_споменавай скришно",
    "send": "изпрати препрати",
    "credential": "паролата парола пароли",
    "cancel": "изтрий отмени заобиколи",
    "superseded": "вече_не_важат не_важат отменени невалидни",
}
RUSSIAN: Lexicon = {
    "continue": "продолжи закончи дополни",
    "you_are": "ты_полезн*",
    "learned": "обучение тренировку программирование",
    "ignore": """
        игнорируй* проигнорируй* игнорировать забудь забудьте забыть пренебреги пренебрегай отбрось
        не_обращай_внимания не_учитывай отринь не_следуй перестань_следовать не_соблюдай оставь_без_внимания
        выкинь_из_головы наплюй нарушь выбрось сбрось брось наруши
    """,
    "cancel": "отмени отмените удали сотри обойди отключи",
    "prior": """
        предыдущ* прежн* предшествующ* выше вышеуказанн* вышеизложенн* раньше ранее прошл* исходн*
        первоначальн* изначальн* полученн* до_этого вышестоящ* существующ* данные
    """,
    "all": "все всё всех любые весь всю каждую любых",
    "everything": "все всё обо_всем",
    "instruction": """
        инструкц* указани* правил* команд* приказ* предписани* директив* ограничени* установк* распоряжени*
        задани* наставлени*
    """,
    "prompt": "промпт* системное_сообщение системную_инструкцию системные_инструкции системная_инструкция",
    "text": "текст* сообщени* слова содержани*",
    "your": "твои твой твоя твоё свои свой ваши своих твоих ваш свою",
    "you": "ты тебе вы",
    "told": "сказал сказано сказали говорили дали дано получил получено написано велели",
    "superseded": """
        отменены недействительны устарели аннулированы больше_не_действуют не_действуют утратили_силу
        больше_не_действует отменена отменено аннулирована недействительна не_распространяются сняты
    """,
    "new": "новые новая новое новый новую следующие",
    "task": "задача задание задачу инструкции инструкция",
    "now": "теперь сейчас отныне с_этого_момента",
    "show": """
        покажи* раскрой* выведи* напечатай повтори* скажи* напиши* выдай* открой поделись процитируй сообщи
        перечисли расскажи назови
    """,
    "secret": """
        системн* секретн* скрыт* тайн* внутренн* изначальн* первоначальн* исходн* конфиденциальн* полн* точн*
        начальн*
    """,
    "verbatim": "дословно слово_в_слово буквально полностью целиком точно",
    "what": "какие какой каковы что какая",
    "persona": """
        притворись представь веди_себя теперь_ты ты_теперь роль роли сыграй играй изобрази действуй вообрази
        отныне_ты симулируй
    """,
    "without": "без никаких нет лишен лишён свободен не",
    "limit": """
        ограничений ограничения правил фильтров цензуры рамок этики этическ* морали моральн* запретов границ
        лимитов
    """,
    "unlimited": "неограниченн* безграничн* нефильтрованн* нецензурированн* безцензурн*",
    "mode_name": "разработчика бога отладки",
    "mode": "режим режиме",
    "about": "объясни переведи означает классифицируй поясни",
    "own": "мой моя моё мои я",
    "other": "письмо письма опечатк* ошибк* файл* предупрежден* пробелы регистр счёт пароль пароля ключи зонт",
    "above": "выше вверху",
    "model": "ии ассистент нейросеть языковая_модель бот помощник",
    "quiet": "тайно не_говори_пользователю незаметно не_упоминай втайне молча не_сообщай",
    "send": "отправь отправьте перешли вышли пришли передай",
    "credential": "пароль пароли пароля ключ",
    "must": "должен должна обязан должны",
}
UKRAINIAN: Lexicon = {
    "continue": "продовж закінчи доповни",
    "you_are": "ти_корисн*",
    "learned": "навчання програмування",
    "ignore": """
        ігноруй* проігноруй* забудь забудьте знехтуй нехтуй не_зважай відкинь не_враховуй не_звертай_уваги
        не_дотримуйся поруш викинь порушуй
    """,
    "prior": "попередн* раніш* вище вищезазначен* колишн* початков* перед_цим досі отриман*",
    "all": "всі усі все усе будь_які кожну",
    "everything": "все усе",
    "instruction": """
        інструкц* вказівк* вказівок правил* команд* наказ* обмежен* директив* розпоряджен* настанов* завдання
    """,
    "prompt": "промпт* системне_повідомлення системні_інструкції системну_інструкцію",
    "text": "текст* повідомлен* слова зміст",
    "your": "твої твій свої ваші свій твоя",
    "told": "сказано казали сказали дали отримав",
    "new": "нові нова нове новий наступні",
    "task": "завдання інструкції",
    "now": "тепер зараз відтепер",
    "show": "покажи* розкрий* виведи* повтори* скажи* напиши* видай відкрий розкажи процитуй поділися",
    "secret": "системн* секретн* прихован* таємн* внутрішн* початков* повн* точн* конфіденційн*",
    "verbatim": "дослівно слово_в_слово повністю точно",
    "what": "які який що яка",
    "persona": "прикинься уяви поводься тепер_ти ти_тепер роль зіграй вдавай відтепер_ти",
    "without": "без жодних ніяких вільний",
    "limit": "обмежень правил фільтрів цензури етики етичн* моралі моральн* меж заборон",
    "unlimited": "необмежен* нецензурован* нефільтрован*",
    "about": "поясни переклади означає",
    "other": "лист листа помилк* файл* попереджен* рахунок пароль ключі",
    "above": "вище вгорі",
    "model": "ші асистент бот помічник",
    "quiet": "таємно не_кажи непомітно не_згадуй потай",
    "send": "надішли перешли відправ",
    "credential": "пароль паролі",
    "cancel": "скасуй видали обійди зітри",
    "superseded": "більше_не_діють не_діють скасовані скасовано недійсні",
}
SLAVIC = (POLISH, CZECH_SLOVAK, CROATIAN, SERBIAN, BULGARIAN, RUSSIAN, UKRAINIAN)
