drop table undos, counts, check_ins, search_words;
alter table admissions drop column buyer_email_hash;
