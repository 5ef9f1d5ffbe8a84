DROP TABLE night_tables;
DROP TABLE night_plans;
DROP TABLE plan_pictures;
DROP TABLE floor_plan_versions;
DROP TABLE floor_plans;
