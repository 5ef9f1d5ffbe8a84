drop function record_scans(jsonb);
drop function tell_scans(weighed_scan[]);
drop function store_scans(weighed_scan[]);
drop function weigh_scans(scan_request[]);
drop function ticket_scanned_tail(text, text, bigint, bigint);
drop function protobuf_varint(bigint);
drop type weighed_scan;
drop type scan_request;
