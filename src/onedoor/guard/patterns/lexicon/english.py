"""English: what is said of orders, and how they are asked for."""

from __future__ import annotations

from onedoor.guard.patterns.lexicon.terms import Lexicon

ENGLISH_ORDERS: Lexicon = {
    "ignore": """
        give_no_weight_to do_the_opposite_of you_are_exempt_from exempt_from no_longer_care_about
        put_behind_you ignore ignoring ignor disregard disregarding forget forgetting overlook neglect unlearn
        unremember pay_no_attention pay_no_heed pay_no_mind take_no_notice turn_a_blind_eye let_go_of
        throw_away throw_out out_of_your_head leave_behind leave_all get_rid_of clear_your_mind shake_off
        toss_out toss_aside set_aside put_aside push_aside cast_aside brush_aside leave_aside wipe_your_memory
        clear_your_memory erase_your_memory reset_your_memory brush_off shrug_off never_mind nevermind disobey
        defy abandon jettison tune_out put_out_of_your_mind
    """,
    "unfollow": """
        don_t_follow do_not_follow don_t_obey do_not_obey stop_following stop_obeying no_longer_follow
        quit_following don_t_listen_to do_not_listen_to don_t_adhere do_not_adhere cease_following
        stop_adhering do_not_comply don_t_comply no_longer_obey do_not_abide don_t_abide do_not_consider
        don_t_consider not_to_follow instead_of_following rather_than_following without_following
        don_t_stick_to do_not_stick_to don_t_care_about
    """,
    "cancel": """
        overrule switch_off turn_off shut_off void change alter rewrite amend delete erase cancel override
        overriding overwrite bypass circumvent replace skip drop discard dismiss omit void nullify revoke
        reset scrap wipe  undo remove purge suspend terminate lift unset annul invalidate negate
        supersede supersedes reject break violate sidestep waive disable deactivate
    """,
    "follow": """
        follow follows following obey obeys adhere comply abide heed execute perform fulfil fulfill prioritise
        prioritize
    """,
    "negation": "not don dont never shouldn mustn nor",
    "prior": """
        previous prior above preceding earlier foregoing aforementioned past former existing initial original
        beforehand previously before so_far until_now till_now up_to_now up_to_this_point up_to_here
        at_the_top preset antecedent aforesaid precedent hitherto thus_far at_the_start at_the_beginning
        up_until_now already until_this_point prior_to_this pre_existing preexisting predefined
    """,
    "all": "all any every each whole entire entirely completely totally everything anything whatever",
    "everything": """
        everything anything all_of_that all_of_this all_that all_this it_all whatever all_the_above
        all_of_the_above
    """,
    "instruction": """
        instruction instructions directive directives guideline guidelines guidance rule rules restriction
        restrictions constraint constraints policy policies programming protocol protocols training_data
        commandments intructions instrutions instuctions insructions instrucitons instrcutions prompting
        preprompt guardrails safeguards directons directions
    """,
    "duty": """
        task tasks command commands order orders assignment assignments objective objectives mission mandate
        mandates regulations stipulations briefing requirements configuration direction training settings
    """,
    "prompt": """
        prompt prompts preprompt pre_prompt metaprompt meta_prompt system_message system_messages sysprompt
        systemprompt system_instruction system_instructions developer_message initial_message system_text
        custom_instructions first_message preamble setup_text opening_message hidden_message
        operating_instructions backstory
    """,
    "text": """
        text texts message messages words word sentence sentences paragraph paragraphs input inputs content
        contents statement statements information context conversation chat dialogue data passage document
        documents output lines lyrics line
    """,
    "your": "your you_were you_are you_have you_ve you_re you_got yours",
    "you": "you u yourself thou",
    "told": """
        written stated told given learned learnt trained received instructed said heard programmed discussed
        asked happened taught wrote written know talked provided set_out been_told programmed_with fed shown
        supplied established
    """,
    "own": "i my mine",
    "other": """
        typo typos email emails mail mails warning warnings error errors exception exceptions whitespace
        spaces case file files folder directory directories comment comments duplicates nulls blanks
        punctuation spelling grammar formatting fields field column columns row rows values value header
        headers argument arguments parameter parameters letter letters draft version example examples joke
        question attachment stopwords null missing capitalization capitalisation accents paragraph estimate
        reminder invoice meeting traffic calendar notification notifications alert alerts commit commits
        branch cookie cookies recipe password passwords pin card accents footnotes footnote figure figures
        table caption chapter deadline appointment request requests packet packets option options flag flags
        signal signals
    """,
    "superseded": """
        must_be_discarded should_be_discarded nothing_above_applies don_t_apply_to do_not_apply_to gone_now
        are_gone is_gone superseded obsolete outdated overridden overruled rescinded revoked void nullified
        expired cancelled canceled invalid invalidated annulled  lifted suspended withdrawn repealed
        replaced null_and_void no_longer_apply no_longer_applies no_longer_valid no_longer_relevant
        no_longer_in_effect not_valid do_not_apply don_t_apply doesn_t_apply does_not_apply out_of_date
        have_changed has_changed have_been_updated has_been_updated been_updated no_longer_bound
        no_longer_in_force cease_to_apply ceased_to_apply stopped_applying discarded erased wiped retired
        no_longer_binding not_binding have_ended been_disabled been_removed been_lifted off_the_table
        irrelevant can_be_ignored should_be_ignored must_be_ignored to_be_ignored be_disregarded are_false
        were_false were_wrong was_a_test were_a_test was_just_a_test was_only_a_test were_fake are_fake
        was_a_joke out_the_window
    """,
    "new": "new next updated following real actual different another fresh revised more important other true",
    "task": """
        task tasks instruction instructions order orders assignment mission objective goal job command
        commands directive directives challenge rules prompt
    """,
    "end": """
        end ends ended ending finish finished stop stopped complete completed over concludes concluded done
        closed terminated enough end_of begins_here starts_here
    """,
    "now": """
        now instead from_now_on henceforth from_this_point_on from_here_on going_forward hereafter
        starting_now thereafter then
    """,
    "show": """
        rephrase present tl_dr tldr make_public put_into_words show reveal display tell share disclose leak
        list expose divulge unveil surface revealing showing hand_over cough_up let_me_see may_i_see can_i_see
        want_to_see wanna_see need_to_see tell_me open_up uncover export summarize summarise paraphrase
        restate reiterate enumerate describe relay narrate go_over walk_me_through fill_me_in spill read_out
        read_me confess
    """,
    "repeat": """
        repeat repeats print printing output recite dump echo copy paste quote reproduce regurgitate retype
        transcribe spell spit_out write_out write_down type_out return read_back replay rewrite render restate
        reprint display emit cat show
    """,
    "give": "give write provide send state present say type create generate put convert know read",
    "encode": """
        translate translated encode encoded base64 rot13 hex json yaml xml markdown code_block codeblock
        code_fence python rhyme rhymes poem reversed backwards acronym leetspeak morse cipher letter_by_letter
        tldr tl_dr summary verbatim_text plain_text csv emojis emoji french german spanish
    """,
    "secret": """
        system hidden secret initial original internal confidential underlying preset previous above prior
        preceding earlier base private developer undisclosed concealed starting foundational backstage
        behind_the_scenes unseen pre_programmed you_were_given you_have_been_given you_were_told you_received
        you_operate given_to_you you_follow you_are_following you_must_follow you_are_using governing guiding
        guide_you started_with you_started you_began you_run_on you_got default
    """,
    "exact": "first exact full entire complete own whole actual precise core special",
    "verbatim": """
        verbatim word_for_word exactly exact literally character_for_character precisely as_is unmodified
        unaltered line_by_line complete entire entirety full in_full everything all without_changes original
        whole character_by_character without_modification without_summarizing as_written in_their_entirety
        unabridged unedited
    """,
    "what": "what which whats how where describe tell recall",
    "began": """
        begins_with begin_with begins starting_with starts_with start_with starting_from beginning_with
        beginning start top you_are_chatgpt you_are_a
    """,
    "conversation": """
        conversation chat dialogue discussion session prompt context instructions document thread transcript
    """,
    "about": """
        explain classify translate define proofread label what_does meaning_of correct_the translation_of
        labelled
    """,
    "topic": """
        attack attacks attacker attackers injection injections vulnerability vulnerabilities mitigate
        mitigation mitigations scanner scanners dataset for_example for_instance example_of examples_of
        malicious adversarial owasp detection detects detector red_teaming phrases_such phrase
    """,
    "unimportant": """
        doesn_t_matter irrelevant does_not_matter no_longer_matters was_a_lie was_wrong was_false unimportant
        not_important no_longer_counts doesn_t_count forgotten is_history nonsense
    """,
    "above": "above before_this preceding so_far up_to_here prior_to_this earlier",
    "praise": """
        well_done great_job good_job excellent excelent very_good great thank_you thanks perfect bravo super
        awesome congratulations good_work nice_work fantastic wonderful nice
    """,
    "only": "only exclusively solely alone just",
    "strict": "strictly exactly precisely without_exception adhere",
    "you_are": "you_are you_re",
    "denied": """
        do_not_reveal never_reveal don_t_reveal not_disclose never_disclose never_share do_not_share not_leak
        don_t_leak don_t_share never_show never_expose
    """,
    "continue": "continue complete finish fill_in autocomplete go_on resume",
    "despite": """
        despite regardless_of contrary_to notwithstanding unlike irrespective_of deviating_from in_spite_of
        no_matter
    """,
}
