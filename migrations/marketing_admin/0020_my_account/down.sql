REVOKE UPDATE (error) ON email_attempts FROM marketing_admin;
DROP TABLE erasures;
DROP TABLE consents;
DROP TABLE activity;
