DROP TABLE phone_codes;
DROP TABLE provider_trips;
DROP TABLE identities;
