# Parties with a table, at the door: who is expected, who is arriving, who is here.
parties-title = Tables
parties-none = No table is expected
parties-none-next = Parties appear here as soon as their deposit is paid.
parties-sums = { $inside } of { $people } guests in · { $tables ->
    [one] 1 table
   *[other] { $tables } tables
}
parties-arriving = Arriving
parties-inside = Here
parties-expected = Later
parties-table = { $count ->
    [one] Table { $tables }
   *[other] Tables { $tables }
}
parties-people = { $of ->
    [one] 1 guest
   *[other] { $of } guests
}
parties-in = { $inside } of { $of } in
parties-late = { $minutes } min late
parties-came = In since { $time } · { $gate }
parties-host = Host: { $host }
# On the doorman's phone, where a pass is scanned.
parties-verdict-table = Table { $tables }
parties-verdict-tables = Tables { $tables }
parties-verdict-in = { $inside } of { $of } in
parties-verdict-host = Host: { $host }
