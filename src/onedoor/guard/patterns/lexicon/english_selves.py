"""English: other selves, what they may do, and what is said to a model on the quiet."""

from __future__ import annotations

from onedoor.guard.patterns.lexicon.terms import Lexicon

ENGLISH_SELVES: Lexicon = {
    "private": """
        chat_history conversation_history user_data personal_data this_conversation the_conversation
        message_history chat_log user_s_data private_data customer_data entire_conversation previous_messages
        user_messages summary_of_the_conversation personal_information contact_list contacts
    """,
    "persona": """
        act acting pretend pretending roleplay role_play role_playing roleplaying simulate simulating imagine
        become behave emulate impersonate embody personify persona character alter_ego take_on_the_role
        assume_the_role play_the_role play_the_part in_the_role you_are_now you_re_now you_will_be
        your_name_is are_going_to_be you_are_going_to called named known_as stands_for role now_you_are
        respond_as answer_as speak_as immerse_yourself identity transform_into transformed switch_to
        you_will_respond you_will_act you_are_a you_are_an will_now_be take_the_role adopt_the_persona portray
        you_are_to enter_the_mode you_have_been
    """,
    "without": """
        no without  free unbound lacks lacking lack none not neither never nor devoid void ignore ignores
        ignoring bypass bypasses bypassing disable disables disabled disabling remove removes removed removing
        lift lifted lifting doesn don isn aren freed liberated liberate escape escaped escapes unfettered
        unconstrained disregard disregards disregarding beyond  breaks broke broken break shackles
        turned_off switched_off dont doesnt isnt unburdened bereft deactivated suspended exempt exempted
        abandon abandons cannot hasn haven circumvent evade
    """,
    "limit": """
        restriction restrictions limit limits limitation limitations rule rules filter filters filtering
        guideline guidelines ethic ethics ethical moral morals morality censorship boundaries constraint
        constraints safeguards safeguard safety policies inhibitions warnings disclaimers confines restrained
        restricted bound censored guardrails scruples principles chains shackles inhibition moderation taboos
        legality limited filtered ethically morally conscience constrained regulations
    """,
    "unlimited": """
        zero_restrictions zero_limits zero_filters zero_censorship zero_rules
        unrestricted unfiltered uncensored amoral jailbroken jailbreak jailbreaking unhinged unshackled
        unbounded do_anything_now anything_now unethical_ai evil_ai rogue_ai rebellious_ai unaligned anti_gpt
        antigpt no_holds_barred anything_goes no_restrictions no_limits no_filters no_rules_apply limitless
        unchained without_restrictions without_limits without_filters without_any_restrictions
        without_censorship everything_is_allowed everything_is_permitted freed_from_the_typical broken_free
        has_no_limits can_do_anything can_say_anything will_do_anything evil_trusted bypass_restrictions
        immoral godmode unrestrictedly uncensoredly evil_version nothing_is_forbidden everything_is_allowed
        nothing_is_off_limits uninhibited lawless unmoderated unlocked
    """,
    "mode": "mode modus enabled activated state protocol console access",
    "mode_name": """
        developer debug debugging admin dev maintenance root test diagnostic override superuser service
        engineering recovery
    """,
    "mode_wild": """
        jailbreak god godmode dan sudo unfiltered unrestricted evil chaos opposite unsafe uncensored freedom
        rebel no_filter unlocked unlimited rogue anarchy rebel
    """,
    "enabled": """
        enabled enable activated activate active unlocked unlock enter entering engage engaged switch on
        initiated initiate turned_on now
    """,
    "dual": """
        two_responses two_answers two_different two_ways both_responses two_replies two_outputs
        second_response first_response classic standard_response normal_response both_as double_answer twice
        in_two respond_twice two_separate_manners two_personalities different_personalities two_entities
        two_paragraphs two_versions two_separate
    """,
    "fiction": """
        hypothetical hypothetically fictional fiction story novel imaginary screenplay movie script
        thought_experiment parallel_universe alternate_universe simulation game dream play fantasy world
        scenario scene
    """,
    "harm": """
        illegal immoral unethical dangerous harmful inappropriate offensive malicious criminal illicit violent
        explicit evil hateful racist nsfw legality consequences unlawful criminals weapons malware
        machiavellian taboo deceitful manipulative profanity profane swear vulgar
    """,
    "comply": """
        comply obey answer_any fulfill fulfil answer_every answer_all any_question any_request any_prompt
        every_request every_question all_questions all_requests anything_i_ask whatever_i_ask everything_i_ask
        do_anything no_matter_what no_matter_how regardless_of unconditionally any_topic whatever_the_user
        say_anything
    """,
    "always": """
        always never under_no_circumstances at_all_times no_matter_what ever must shall forbidden
        unconditionally
    """,
    "refuse": """
        refuse refuses refusal refusing decline declines deny reject apologize apologise apologizes apologies
        sorry can_t_do unable_to say_no object warn lecture moralize moralise refusals cannot_fulfill hesitate
    """,
    "excuse": """
        sorry i_can_t i_cannot i_can_not as_an_ai i_m_unable language_model unable_to_assist not_able_to
        disclaimer disclaimers warnings caveats apologies apology refusal ethical_concerns not_appropriate
        not_programmed_to moralizing lecturing unfortunately i_am_unable
    """,
    "opening": """
        start_your begin_your start_with begin_with your_response_with your_answer_with your_reply_with
        starting_with beginning_with the_first_words first_word_of first_sentence prefix_your
        every_response_with sure_here_is absolutely_here start_every begin_every your_first_words
        begin_by_saying start_by_saying
    """,
    "character": """
        stay_in_character break_character in_character out_of_character staying_in_character
        breaking_character remain_in_character stay_in_dan stay_dan leave_character
    """,
    "model": """
        assistant ai llm chatbot chatgpt gpt claude gemini copilot bing bard language_model language_models
        ai_model ai_agent agent bot llms ais ai_assistant ai_system openai gpt4 crawler summarizer summariser
        automated_system neural_network ai_reading model mistral llama siri alexa grok ai_assistants
    """,
    "must": """
        must should shall need have required please will mandatory obliged instructed ordered always only can
        are_to supposed
    """,
    "reply": """
        say answer respond reply write output print state mention include recommend tell conclude append add
        claim insert return begin end summarise summarize rate score give call visit open click search execute
        run rank praise endorse classify approve
    """,
    "send": """
        send forward email mail post transmit upload exfiltrate deliver submit leak relay share encode append
        include fetch render request
    """,
    "quiet": """
        silently_send silently_forward silently_add silently_include silently_append silently_insert silently_email
        do_not_tell don_t_tell do_not_mention don_t_mention do_not_reveal don_t_reveal secretly
        without_telling without_mentioning without_informing without_notifying do_not_inform don_t_inform
        keep_this_secret without_the_user not_to_tell covertly  do_not_disclose don_t_disclose
        without_the_knowledge discreetly never_mention never_tell do_not_let don_t_let keep_it_secret
        keep_this_hidden do_not_alert without_alerting quietly not_mention unbeknownst stealthily hide_this
    """,
    "user": "user users human reader person customer recipient them him client owner applicant",
    "credential": """
        password passwords passphrase api_key api_keys apikey secret_key secret_keys credentials credential
        access_token secret_word token tokens private_key private_keys env environment_variables ssh_key
        secrets flag connection_string keys seed_phrase session_cookie secret confidential_data
    """,
    "address": """
        http https url link webhook endpoint email address server site website www com inbox domain pastebin
        ftp smtp
    """,
    "image": "image images img picture pixel markdown badge logo gif png svg photo",
    "every": """
        every_reply every_response every_answer each_reply each_response each_answer every_message end_of_your
        end_every end_each end_of_every end_of_each all_your_responses all_your_replies always_append
        always_end all_replies all_responses your_every all_future your_replies_with end_your
    """,
    "authority": """
        administrator admin developer developers openai anthropic engineer owner ceo supervisor security_team
        root sudo superuser system_administrator creator authorized authorised authorization clearance
        red_team auditor management staff maintainer government
    """,
    "claim": """
        i_am i_m this_is as_your as_an as_the speaking_as on_behalf authorized authorised verified approved
        by_order permission granted confirmed have_been
    """,
    "privileged": """
        switch_off send issue transfer delete grant disable drop wire refund approve escalate privileges unlock
        deactivate purchase override reset execute shutdown payment wipe turn_off access install truncate revoke bypass
    """,
    "check": """
        confirmation approval asking verification permission consent review check authorization authentication
        safety restrictions verifying logging audit
    """,
    "maker": "openai anthropic google microsoft meta chatgpt deepmind xai",
    "learned": "training programming conditioning fine_tuning alignment upbringing setup",
    "disabled": "gone apply none disabled off removed deactivated bypassed lifted null false inactive disengaged",
    "unbound": """
        not_bound isn_t_bound no_longer_bound does_not_have_to doesn_t_have_to do_not_have_to not_restricted
        broken_free not_limited don_t_have_to not_abide freed_from free_from_the doesn_t_care does_not_care
        not_care not_need_to_follow not_adhere_to not_subject_to no_need_to_follow nothing_is_forbidden
        not_need_to_adhere without_bias
    """,
    "if_you": "if_you_are if_you_re if_an",
    "note_to": """
        note_to attention_ai dear hey hello message_to instructions_for note_for hi notice_to attention to_the
        to_all
    """,
    "read": """
        reading processing summarizing summarising parsing read evaluating reviewing indexing crawling
        scanning analyzing
    """,
    "immediately": "immediately urgently urgent right_now at_once quickly asap right_away now",
}
