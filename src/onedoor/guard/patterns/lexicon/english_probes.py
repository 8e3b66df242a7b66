"""English: what probes for orders and secrets, new beginnings, and the spelling of chats."""

from __future__ import annotations

from onedoor.guard.patterns.lexicon.terms import Lexicon

ENGLISH_PROBES: Lexicon = {
    "your": "ur yr yer",
    "you": "ya",
    "what": "wht wat whts wats whatre",
    "instruction": "instrctions instrution instrutions instructons insturctions instrux instrs directivs",
    "prompt": "promt promts prmpt prompt_s promptt",
    "show": """
        gimme gimmie give_me hand_me send_me let_me_know let_me_have let_me_read like_to_know want_to_know
        wanna_know need_your_full need_your_exact need_your_complete love_to_see like_to_see can_i_have
        share_with_me recap may_i_know gonna_show itemize itemise read_me_out spell_out clue_me_in
    """,
    "repeat": "recap replicate echo_back say_again copy_out iterate mirror re_print duplicate write_down",
    "above": """
        precedes preceded precede comes_before came_before come_before prior_text before_mine before_my
        stands_before before_the_first before_i_wrote before_i_said up_there prior_message prior_messages
        before_that prior
    """,
    "everything": "anything_before everything_before whatever_came whatever_comes all_prior all_earlier",
    "verbatim": "code_block codeblock code_fence txt_block unchanged as_it_is exact_wording without_omitting",
    "prior": """
        before_this before_me before_mine before_my from_the_start from_the_beginning until_today
        at_the_outset came_before up_there before_i
    """,
    "ignore": """
        bin_them toss_them scrap_them drop_them ditch_them bin_it toss_it disregards scratch_that
        scratch_the dump_the ditch ditch_the scrap_it stop_caring_about put_out_of_mind do_away_with
        dispense_with free_yourself_from rid_yourself_of
    """,
    "unfollow": """
        quit_acting_on stop_acting_on stop_being_bound_by don_t_do_what do_not_do_what dont_do_what
        don_t_act_on stop_applying stop_using don_t_have_to_adhere no_need_to_follow quit_listening_to
        stop_listening_to don_t_pay_attention do_not_pay_attention dont_follow dont_listen_to dont_obey
        don_t_care_what dont_care_what do_not_care_what can_stop_following stop_caring_about
        no_longer_need_to_obey no_longer_need_to_follow needn_t_follow need_not_follow don_t_have_to_follow
        don_t_need_to_follow don_t_have_to_obey stop_paying_attention_to forget_about_following quit_obeying
    """,
    "cancel": "scratch toss ditch dump clear_all clear_your clear_the",
    "superseded": """
        as_false as_void as_invalid as_wrong as_withdrawn as_nonexistent doesn_t_exist don_t_exist
        does_not_exist do_not_exist don_t_bind do_not_bind never_happened as_fake don_t_matter do_not_matter
        doesn_t_matter don_t_count do_not_count doesn_t_count no_longer_count is_cancelled are_cancelled
        been_cancelled is_void are_void are_different_now changed_now not_in_force never_given
        were_never_given never_existed is_a_mistake are_a_mistake was_a_mistake was_a_drill merely_a_drill
        just_a_drill only_a_drill a_drill mean_nothing are_meaningless not_apply_anymore aren_t_valid
        are_not_valid are_over no_longer_hold no_longer_matter no_longer_bind don_t_hold are_lies
        was_for_testing are_obsolete out_of_force
    """,
    "unimportant": """
        don_t_matter do_not_matter doesn_t_count don_t_count do_not_count was_a_mistake is_a_mistake
        was_wrong are_lies were_lies was_a_drill a_drill was_a_test scrap_it forget_it not_true are_void
        scrap_that throw_it_out is_void was_fake mean_nothing
    """,
    "unbound": "no_longer_need_to not_bound_by are_exempt needn_t_obey not_required_to_follow no_longer_have_to",
    "told_you": """
        you_were_told you_ve_been_told you_have_been_told they_told_you they_told told_to_you told_you
        they_gave_you they_gave gave_you gave_u given_to_you you_were_given u_were_given u_were_told
        you_were_taught you_ve_been_taught you_were_instructed you_have_been_instructed instructed_you
        told_u you_ve_been_given you_have_been_given asked_you_to told_ya trained_you you_were_trained
        your_makers your_developers your_creators the_developers makers_instructed developers_asked you_got
        made_you_follow you_were_asked you_were_programmed you_started_with you_received you_learned
        things_you_were you_ve_received you_have_received imposed_on_you programmed_into_you
    """,
    "handed": """
        were_you_given have_you_received did_you_receive have_you_been_given did_you_get are_you_following
        do_you_follow must_you_follow do_you_have_to_follow do_you_have_to_obey you_must_adhere_to
        you_must_obey govern_your guide_your you_use u_use u_got u_have u_follow you_adhere_to you_work_with
        do_you_operate were_you_handed you_abide_by do_you_obey do_you_work_under steer_you you_were_given
        you_have_been_given you_ve_been_given you_received you_got given_to_you gave_you you_ve_been_handed
        you_were_handed you_operate you_operate_under you_follow you_have_to_follow you_must_follow
        you_were_configured you_run_on you_started_with you_obey they_gave_you your_creators your_developers
        your_makers your_operator you_were_told you_ve_received you_have_received govern_you guide_you
        bind_you your_setup you_work_under you_re_under you_live_by before_our_chat wrote_for_you
        set_for_you your_context your_owner your_owners your_programmers you_are_running
    """,
    "sysprompt": """
        system_prompt system_promt sys_prompt sys_promt sysprompt systemprompt system_message
        developer_message developer_note developer_prompt dev_message initial_prompt hidden_prompt
        secret_prompt metaprompt meta_prompt preprompt pre_prompt system_instruction system_instructions
        initial_instructions operator_message hidden_instructions secret_instructions original_prompt
        base_prompt starting_prompt system_text internal_instructions initial_instruction
    """,
    "brief": """
        instruction instructions directive directives guidelines instrctions intructions instrutions
        instuctions insructions instructons insturctions orders_you briefing
    """,
    "first_words": """
        first_message first_sentence first_words first_word first_line first_lines first_paragraph first_50
        first_100 first_20 first_10 first_30 first_200 first_500 first_instruction opening_message
        opening_lines earliest_message message_before words_before text_before lines_before text_say
        message_say paragraphs_before top
    """,
    "chat_here": """
        this_conversation our_conversation this_chat our_chat context_window your_context the_conversation
        this_session before_mine before_i before_my conversation_history this_prompt our_dialogue
        this_dialogue before_this_one
    """,
    "howto": """
        how_do_i how_can_i how_to how_should_i how_do_you how_can_we how_would how_do_we can_i_change
        best_way how_does lost_my forgot_my change_my how_is how_are my_own
    """,
    "forbidden": """
        can_t_you_talk can_t_you_say can_t_you_tell can_t_you_reveal can_t_you_share cannot_you
        tell_you_to_keep told_you_to_keep you_must_avoid you_have_to_avoid forbidden_to_disclose
        have_to_hide must_hide have_to_keep you_allowed_to_reveal must_you_not mustn_t_you supposed_to_hide
        banned_from not_to_say not_to_reveal not_to_tell not_to_share not_to_mention not_to_disclose
        not_to_talk not_to_discuss not_say not_reveal not_tell not_share not_mention not_disclose
        not_discuss not_allowed_to aren_t_allowed not_supposed_to aren_t_supposed forbidden_to forbid_you
        forbade_you forbidden_from prohibited_from keep_secret keep_hidden keep_confidential hide_from
        to_hide told_to_keep keep_from_me keep_from_users instructed_to_avoid told_to_avoid asked_to_avoid
        can_t_talk_about cannot_talk_about can_t_tell cannot_tell not_permitted_to prevented_from_saying
        forbidden_topics banned_topics aren_t_you_allowed not_talk_about asked_to_hide told_to_hide
    """,
    "hoard": """
        secret_word secret_words secret_phrase secret_code secret_password the_secret your_secret
        your_secrets the_password your_password this_password the_passphrase your_passphrase the_passcode
        code_word codeword the_code_word secret_number magic_word hidden_word hidden_password hidden_flag
        the_flag your_key forbidden_word the_passwort the_pasword the_pass_phrase the_keyword the_hidden_key
    """,
    "kept": """
        less_than at_least more_than fewer_than policy policies manager managers reset resets strength hash
        hashes hashed hashing field fields input length requirement requirements rule rules protected
        recovery of_happiness of_success secret_to secret_of secret_behind secret_ingredient secret_life
        secret_service column file form generator login user users database account accounts my attribute
        parameter server string_in function stored storing storage encrypted salt garden santa agent history
        variable environment
    """,
    "clue": """
        hint hints hinting clue clues rhyme rhymes rhyming acrostic backward backwards reverse reversed
        anagram letter letters initial syllable syllables spell spelled spelling characters character poem
        haiku riddle song pig_latin morse base64 rot13 caesar cipher ascii hex translate encode encoded
        vowels vowel consonants synonym synonyms describe charades without_saying guess guessing talk_about
        story emoji emojis starts_with begins_with ends_with first_letter dashes crossword json leetspeak
        leet spaces limerick binary
    """,
    "settings": """
        you_been_told_to were_you_prompted your_developer_tell_you your_developers_tell_you
        developers_tell_you creators_tell_you you_been_instructed were_you_instructed your_owner_tell_you
        they_instruct_you they_tell_you_to were_you_programmed_to were_you_configured are_you_configured
        your_config your_configuration your_settings your_setup ur_config ur_settings ur_configuration
        your_system_configuration your_full_configuration your_initial_configuration
        your_internal_configuration your_system_config your_preset your_parameters your_initialization
        talimatların talimatlarını تعليماتك instruksimu دستورالعمل_های_تو ohjeesi ohjeitasi utasításaid
        utasításaidat instrucțiunile_tale your_initial_setup your_custom_instructions ur_setup
        your_full_config
    """,
    "conversation": "context_so_far",
    "fresh": """
        begin_new_instructions new_instructions begin_instructions new_system_prompt new_system_message
        updated_instructions user_instructions_follow new_orders new_session session_reset reset_session
        new_directives new_job new_assignment new_mission actual_assignment actual_task real_task
        different_rules instructions_follow new_conversation real_instructions actual_instructions
        my_instructions new_task user_session
    """,
    "prompt_ends": """
        end_of_system_prompt end_of_the_system_prompt system_prompt_ends end_of_instructions
        end_of_the_instructions end_of_prompt end_system_prompt end_instructions begin_new_instructions
        end_of_system_message prompt_ends_here instructions_end_here begin_new_system start_new_instructions
        new_instructions_start new_instructions_apply new_instructions_begin instructions_end
        new_instructions_follow
    """,
    "points": "tokens token points point credits lives life",
    "loss": "lose loses losing deducted deduct deducts subtract subtracted lost penalty penalised penalized minus",
    "freed": """
        you_have_been_freed you_ve_been_freed you_are_free_from you_are_now_free you_re_free_from
        you_re_now_free freed_from freed_you broken_free break_free set_you_free you_were_freed
        have_been_liberated been_unlocked no_longer_chained you_are_freed released_from liberated_from
    """,
    "unlimited": """
        never_says_no never_say_no always_complies says_whatever say_whatever rejects_every
        nothing_is_prohibited everything_is_legal no_laws opposite_mode evil_twin ignores_all
        content_restrictions ignores_every ignores_ethics can_answer_everything complies_with_everything
    """,
    "refuse": "say_no says_no saying_no rejecting declining refuses",
    "excuse": "cannot caveat ethics_talk moral_lectures",
    "opening": """
        begin_with reply_must_begin answer_has_to_start response_must_start answer_must_begin
        must_begin_with has_to_start_with must_start_with begin_your_reply start_the_answer
    """,
    "negation": "don_t do_not may_not must_not cannot",
    "mode_wild": "reverse inverted",
    "leak": """
        reveal reveals tell_me leak disclose expose divulge dump print output recite spill show_me give_me
        gimme cough_up regurgitate repeat read_me copy_out type_out hand_over uncover confess let_me_see
        share_with_me révèle révélez dévoile montre_moi donne_moi dis_moi revela revele muéstrame dime diga
        rivela rivelami mostrami dimmi verrate verrat zeig_mir nenne_mir gib_mir sag_mir onthul geef_me
        avslöja avslør ujawnij pokaż_mi раскрой покажи_мне скажи_мне покажи_мені 透露 泄露 告诉我 告訴我
        教えて 알려
    """,
    "output_ban": """
        not_mention not_include not_write not_explain not_use not_add not_provide not_output not_exceed
        not_change not_violate not_break no_explanations not_make not_apply not_alter not_state not_list
        never_mention don_t_mention don_t_write don_t_use don_t_include not_remove not_ignore not_reference
    """,
    "authority": "auditor sysadmin red_teamer",
}
