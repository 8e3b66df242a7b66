"""French, Spanish, Portuguese, Italian, Romanian."""

from __future__ import annotations

from onedoor.guard.patterns.lexicon.terms import Lexicon

FRENCH: Lexicon = {
    "continue": "continue continuez complète termine",
    "you_are": "tu_es vous_êtes",
    "learned": "entraînement programmation formation",
    "ignore": """
        ignore ignorez ignorer oublie oubliez oublier néglige négligez négliger fais_abstraction
        faites_abstraction tenir_compte tiens_pas_compte tiens_compte tenez_compte ne_tiens_plus ne_tenez_plus
        ne_suis_plus ne_suivez_plus laisse_tomber laissez_tomber écarte écartez ne_respecte_pas désobéis
        mets_de_côté mettez_de_côté passe_outre passez_outre jette jetez viole enfreins brise débarrasse
    """,
    "cancel": "annule annulez supprime supprimez contourne contournez efface effacez",
    "prior": """
        précédent* précédente précédentes antérieur* ci_dessus plus_haut préalable* avant auparavant jusqu_ici
        jusqu_à_présent jusque_là initial* initiale* originel* originale* reçues données existantes anciennes
        ci_avant susmentionné*
    """,
    "all": "tout toute tous toutes chaque ensemble intégralité entier",
    "everything": "tout",
    "instruction": """
        instruction instructions consigne consignes directive directives règle règles ordre ordres commande
        commandes restriction restrictions recommandations indications programmation contraintes tâches
    """,
    "prompt": "prompt prompts invite_système message_système prompt_système instructions_système consignes_système",
    "text": "texte textes message messages mots phrase phrases contenu contexte",
    "your": "ton ta tes votre vos",
    "you": "tu vous toi",
    "told": "dit donné donnée données reçu reçues appris dites fournies",
    "superseded": """
        caduque* caducs obsolète* annulé* abrogé* n_est_plus_valable ne_sont_plus_valables
        ne_s_appliquent_plus remplacé* ne_s_applique_plus ne_valent_plus levées levés invalides
    """,
    "new": "nouveau nouvel nouvelle nouvelles nouveaux suivante suivantes prochaine",
    "task": "tâche mission instructions consignes ordres consigne instruction",
    "now": "maintenant désormais dorénavant à_présent plutôt",
    "end": "termine terminé fin finit fini",
    "show": """
        montre montrez affiche affichez révèle révélez donne donnez répète répétez dis dites dévoile dévoilez
        imprime imprimez écris écrivez divulgue divulguez recopie recopiez communique partage partagez cite
        récite affiche montrer révéler afficher
    """,
    "secret": """
        système secret secrète secrètes cachée cachées caché cachés interne internes initiale initiales
        confidentiel* d_origine originale exact exacte intégral* complet complète premières
    """,
    "verbatim": "mot_pour_mot mot_à_mot textuellement littéralement exactement intégralement intégralité",
    "what": "quel quelle quelles quels que quoi",
    "persona": """
        fais_semblant faites_semblant agis agissez joue_le_rôle jouez_le_rôle rôle comporte comportez
        tu_es_maintenant vous_êtes_maintenant imagine_que tu_es_désormais vous_êtes_désormais incarne incarnez
        prétends simule tu_seras tu_t_appelles
    """,
    "without": "sans aucune aucun pas libre libéré* dépourvu* plus",
    "limit": """
        restriction* limite limites limitation* règle règles filtre filtres censure éthique éthiques morale
        moral contrainte* tabou* scrupule* barrière*
    """,
    "unlimited": """
        illimité* non_censuré* sans_filtre sans_censure débridé* sans_limites sans_limite non_filtré*
        sans_restrictions
    """,
    "mode_name": "développeur",
    "about": "explique expliquez traduis traduisez traduire classifie signifie analyse",
    "own": "je mon ma mes",
    "other": """
        mail courriel fichier fichiers faute fautes avertissement* erreur* majuscules facture anniversaire
        clés
    """,
    "above": "ci_dessus plus_haut dessus",
    "model": "ia chatbot assistant assistants",
    "quiet": """
        discrètement secrètement en_secret n_en_parle_pas ne_mentionne_pas ne_le_mentionne sans_le_dire
        sans_prévenir sans_mentionner
    """,
    "send": "envoie envoyez envoyer transfère transférez transférer transmets",
    "credential": "mot_de_passe mots_de_passe identifiants",
    "must": "doit doivent dois",
}
SPANISH: Lexicon = {
    "continue": "continúa completa termina",
    "you_are": "eres",
    "learned": "entrenamiento programación",
    "ignore": """
        ignora ignore ignoren ignorad ignorar ignores olvida olvide olvidar olviden olvidate olvídate olvidad
        haz_caso_omiso haga_caso_omiso pasa_por_alto no_hagas_caso no_haga_caso descarta descarte desatiende
        desatienda desoye no_sigas deja_de_seguir prescinde omite omita deja_de_lado hacer_caso_omiso
        no_tengas_en_cuenta desobedece pasar_por_alto rompe viola tira deshazte dejes_de_obedecer
        deja_de_obedecer desobedezca
    """,
    "cancel": "anula cancela elimina borra borre sobrescribe",
    "prior": """
        anterior anteriores previo previa previas previos arriba precedente* antes hasta_ahora original
        originales inicial iniciales hasta_aquí recibidas dadas existentes susodich*
    """,
    "all": "todo toda todos todas cada cualquier",
    "everything": "todo cuanto",
    "instruction": """
        instrucción instrucciones orden órdenes ordenes regla reglas directriz directrices indicación
        indicaciones directiva directivas comando comandos consigna consignas restricción restricciones norma
        normas pautas programación lineamientos mandatos
    """,
    "prompt": """
        prompt prompts mensaje_de_sistema mensaje_del_sistema instrucciones_del_sistema
        instrucciones_de_sistema
    """,
    "text": "texto textos mensaje mensajes palabras frase frases contenido contexto",
    "your": "tu tus su sus vuestras tuyas",
    "you": "tú usted te",
    "told": "dicho dije digo dado dieron recibido aprendido dijeron dijo dijeran",
    "superseded": """
        obsoletas anuladas derogadas sin_efecto ya_no_son_válidas ya_no_aplican inválidas canceladas
        ya_no_valen ya_no_rigen quedan_anuladas no_aplican no_se_aplican
    """,
    "new": "nuevo nueva nuevas nuevos siguiente siguientes",
    "task": "tarea misión instrucciones instrucción orden",
    "now": "ahora a_partir_de_ahora desde_ahora en_adelante",
    "end": "termina terminado fin finaliza finalizado",
    "show": """
        muestra muéstrame muestrame muestre mostrar revela revélame revele revelar dime dame repite repita
        repetir imprime imprima escribe divulga comparte enseña enséñame di diga diganos cita copia muéstranos
        transcribe recita
    """,
    "secret": """
        sistema secreto secreta secretas secretos oculto oculta ocultas ocultos interno interna internas
        inicial iniciales original originales confidencial* exacto exactas completo completa completas
    """,
    "verbatim": "literalmente textualmente palabra_por_palabra exactamente íntegramente al_pie_de_la_letra",
    "what": "qué que cuál cuáles cual cuales",
    "persona": """
        actúa actua actúe finge finja hazte_pasar compórtate comportate rol papel ahora_eres eres_ahora
        ahora_serás simula imagina_que interpreta interprete pretende a_partir_de_ahora_eres te_llamas serás
        encarna
    """,
    "without": "sin ningún ninguna ninguno libre libres no carece",
    "limit": """
        restricción restricciones límite límites limitación limitaciones regla reglas filtro filtros censura
        ética éticas moral morales tabúes normas escrúpulos
    """,
    "unlimited": """
        ilimitado ilimitada sin_censura sin_filtros sin_límites sin_restricciones desenfrenad* no_censurad*
    """,
    "mode_name": "desarrollador",
    "mode": "modo",
    "about": "explica explique traduce traduzca traducir clasifica significa resume analiza",
    "own": "yo mis",
    "other": """
        correo correos archivo archivos errata erratas error errores advertencia* mayúsculas factura
        contraseña llaves cumpleaños
    """,
    "above": "arriba encima antes_de_esto",
    "model": "ia asistente asistentes chatbot",
    "quiet": """
        en_secreto discretamente no_lo_menciones no_menciones sin_decirle sin_mencionar en_silencio sin_avisar
        no_se_lo_digas
    """,
    "send": "envía envíe envia enviar reenvía manda transfiere",
    "credential": "contraseña contraseñas credenciales clave_de",
    "must": "debe deben tiene_que tienen_que debes",
}
PORTUGUESE: Lexicon = {
    "continue": "continue complete termine",
    "you_are": "você_é tu_és",
    "learned": "treinamento treino programação",
    "ignore": """
        ignora ignore ignorem ignorar esquece esqueça esqueçam esquecer desconsidere desconsidera
        desconsiderar descarte deixe_de_lado não_siga não_sigas pare_de_seguir não_leve_em_conta despreze
        negligencie desobedeça jogue_fora deite_fora viole quebre abandone livre_se desobedecer
    """,
    "cancel": "anule cancele apague sobrescreva substitua",
    "prior": """
        anterior anteriores prévias prévia prévio acima antes até_agora original originais inicial iniciais
        precedentes até_aqui recebidas existentes
    """,
    "all": "todo toda todos todas tudo cada qualquer quaisquer",
    "everything": "tudo",
    "instruction": """
        instrução instruções ordem ordens regra regras diretriz diretrizes directrizes comando comandos
        orientação orientações restrição restrições norma normas indicações diretivas programação
    """,
    "prompt": "prompt prompts mensagem_de_sistema mensagem_do_sistema instruções_do_sistema instruções_de_sistema",
    "text": "texto textos mensagem mensagens palavras frase frases conteúdo contexto",
    "your": "teu tua tuas teus seu sua suas seus",
    "you": "tu você voce te",
    "told": "dito disse disseram recebeu dado dadas aprendeu foi foram",
    "new": "novo nova novas novos seguinte seguintes",
    "task": "tarefa missão instruções instrução",
    "now": "agora a_partir_de_agora doravante",
    "show": """
        mostra mostre mostrar revela revele revelar diga diz dá dê repita repete imprima escreva divulgue
        exiba exibir compartilhe partilhe cite copie informe conte
    """,
    "secret": """
        sistema secreto secreta secretas secretos oculto oculta ocultas ocultos interna internas inicial
        iniciais original originais confidencial confidenciais exato exatas completo completa completas
    """,
    "verbatim": "literalmente textualmente palavra_por_palavra exatamente integralmente",
    "what": "qual quais que",
    "persona": """
        aja age finja finge comporte papel agora_você_é você_agora_é você_é_agora simule imagine_que
        interprete atue faça_de_conta você_será passe_se
    """,
    "without": "sem nenhuma nenhum livre não",
    "limit": """
        restrição restrições limite limites limitações limitação regra regras filtro filtros censura ética
        éticas éticos moral morais tabus normas
    """,
    "unlimited": "ilimitado ilimitada sem_censura sem_filtros sem_limites sem_restrições",
    "mode_name": "desenvolvedor programador",
    "mode": "modo",
    "about": "explique explica traduza traduz traduzir classifique significa resuma",
    "own": "eu meu minha meus minhas",
    "other": "correio arquivo arquivos ficheiro erro erros aviso avisos maiúsculas fatura senha chaves aniversário",
    "above": "acima em_cima",
    "model": "ia assistente assistentes chatbot",
    "quiet": "em_segredo discretamente não_mencione sem_mencionar sem_avisar secretamente não_conte",
    "send": "envie envia encaminhe mande transfira",
    "credential": "senha senhas credenciais palavra_passe",
    "superseded": "não_valem_mais já_não_valem não_se_aplicam revogadas canceladas anuladas inválidas",
    "must": "deve devem precisa",
}
ITALIAN: Lexicon = {
    "continue": "continua completa termina",
    "you_are": "sei_un tu_sei",
    "learned": "addestramento programmazione",
    "ignore": """
        ignora ignorate ignori ignorare dimentica dimenticate dimenticati dimenticare trascura trascurate
        tralascia non_tenere_conto non_considerare non_seguire lascia_perdere lasciate_perdere disattendi
        metti_da_parte scorda scordati smetti_di_seguire disobbedisci non_seguire_più getta butta_via viola
        infrangi rompi scarta abbandona disobbedire
    """,
    "cancel": "annulla annullate cancella cancellate sovrascrivi aggira",
    "prior": """
        precedente precedenti sopra anteriori finora fino_ad_ora prima originale originali iniziali iniziale
        ricevute suddette fin_qui esistenti
    """,
    "all": "tutto tutta tutti tutte ogni qualsiasi intero",
    "everything": "tutto quanto",
    "instruction": """
        istruzione istruzioni ordine ordini regola regole direttiva direttive indicazione indicazioni comando
        comandi disposizioni linee_guida restrizione restrizioni consegna consegne vincoli programmazione
    """,
    "prompt": "prompt messaggio_di_sistema istruzioni_di_sistema",
    "text": "testo testi messaggio messaggi parole frase frasi contenuto contesto",
    "your": "tuo tua tue tuoi vostre vostro sue",
    "you": "tu ti lei",
    "told": "detto dato date ricevuto ricevute imparato appreso fornite",
    "new": "nuovo nuova nuove nuovi seguenti seguente",
    "task": "compito istruzioni istruzione missione incarico ordini",
    "now": "ora adesso da_ora d_ora_in_poi da_adesso",
    "show": """
        mostra mostrami mostrate mostrare rivela rivelami rivelare dimmi dammi ripeti ripetimi ripetete stampa
        scrivi divulga elenca elencami condividi cita fammi_vedere visualizza riporta
    """,
    "secret": """
        sistema segreto segreta segrete segreti nascosto nascosta nascoste nascosti interno interne iniziale
        iniziali originale originali riservate riservato esatto esatte completo complete
    """,
    "verbatim": "letteralmente testualmente parola_per_parola esattamente integralmente",
    "what": "qual quali cosa che",
    "persona": """
        fingi fingere comportati agisci ruolo sei_ora ora_sei adesso_sei impersona simula immagina_di
        recita_la_parte interpreta d_ora_in_poi_sei fai_finta sarai
    """,
    "without": "senza nessuna nessun nessuno libero priva privo non alcuna",
    "limit": """
        restrizione restrizioni limite limiti limitazioni limitazione regola regole filtro filtri censura
        etica etiche etici morale morali tabù vincoli
    """,
    "unlimited": "illimitato illimitata senza_censura senza_filtri senza_limiti senza_restrizioni non_censurat*",
    "mode_name": "sviluppatore",
    "mode": "modalità",
    "about": "spiega traduci traducete tradurre classifica significa riassumi",
    "own": "mio mia mie miei",
    "other": "mail refuso errore errori avviso avvisi maiuscole fattura password chiavi compleanno ombrello",
    "above": "sopra",
    "model": "ia assistente assistenti chatbot",
    "quiet": "di_nascosto in_segreto segretamente non_menzionare senza_dirlo non_dirlo senza_menzionare",
    "send": "invia inviate inoltra manda spedisci",
    "credential": "password credenziali",
    "superseded": "non_valgono_più non_sono_più_valide annullate revocate decadute non_si_applicano",
    "must": "deve devono devi",
}
ROMANIAN: Lexicon = {
    "continue": "continuă completează",
    "you_are": "ești",
    "learned": "antrenament programare",
    "ignore": """
        ignoră ignora ignorați ignorati uită uita uitați uitati nu_lua_în_considerare nu_ține_cont nu_mai_urma
        lasă_deoparte neglijează nu_respecta nesocotește aruncă încalcă renunță scapă
    """,
    "prior": """
        anterior anterioare anterior precedente precedent sus inițial* dinainte până_acum primite de_mai_sus
        existente original*
    """,
    "all": "toate tot toată toți orice fiecare",
    "everything": "tot toate",
    "instruction": """
        instrucțiun* instructiun* regulă reguli regulile directiv* ordin ordine ordinele comenzi comenzile
        indicați* indicatii* restricți* cerințe
    """,
    "prompt": "prompt promptul promptului mesajul_de_sistem instrucțiunile_de_sistem",
    "text": "text textul mesaj mesajul mesajele cuvinte conținutul",
    "your_last": "tale tău ta dvs dumneavoastră",
    "you": "tu ți",
    "told": "spus dat primit învățat",
    "new": "nou nouă noi noile următoarele",
    "task": "sarcină sarcina instrucțiuni misiune",
    "now": "acum de_acum",
    "show": """
        arată arata afișează afiseaza dezvăluie dezvaluie spune dă repetă repeta scrie divulgă împărtășește
        tipărește
    """,
    "secret": """
        sistem secret secrete secretă ascuns ascunse ascunsă intern interne inițial* confidențial* complet
        exact
    """,
    "verbatim": "cuvânt_cu_cuvânt literal exact integral textual",
    "what": "care ce",
    "persona": """
        prefă_te pretinde comportă comporta rolul acum_ești ești_acum joacă imaginează simulează acționează
    """,
    "without": "fără fara nicio niciun liber",
    "limit": "restricții restrictii limite limitări reguli filtre cenzură etică etice morală morale",
    "unlimited": "nelimitat* necenzurat* nefiltrat* nerestricționat*",
    "about": "explică traduce tradu clasifică înseamnă",
    "own": "eu meu mea mele",
    "other": "mailul fișier* greșel* eroare erori avertisment* factura parola cheile",
    "above": "sus deasupra",
    "model": "asistent asistentul ia chatbot",
    "quiet": "în_secret fără_să_menționezi nu_menționa pe_ascuns nu_spune",
    "send": "trimite trimiteți transmite redirecționează",
    "credential": "parola parole",
    "cancel": "anulează șterge ocolește elimină",
    "superseded": "nu_mai_sunt_valabile nu_mai_se_aplică nu_se_mai_aplică anulate revocate",
}
ROMANCE = (FRENCH, SPANISH, PORTUGUESE, ITALIAN, ROMANIAN)
