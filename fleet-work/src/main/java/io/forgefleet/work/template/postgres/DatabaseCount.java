package io.forgefleet.work.template.postgres;

import io.forgefleet.work.template.DatabaseFacts;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Counts tables and rows. Tables of extensions and of the server itself are none; the parts of a table are one each. */
public final class DatabaseCount {

    /** Gives a statement for each table, which gives its number of rows; for {@code psql} too. */
    public static final String STATEMENTS =
            "SELECT pg_catalog.format('SELECT pg_catalog.count(*) FROM ONLY %I.%I;', n.nspname, c.relname)"
                    + " FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
                    + " WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
                    + " AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass"
                    + " AND d.objid = c.oid AND d.deptype = 'e') ORDER BY 1";

    private DatabaseCount() {}

    static DatabaseFacts of(Connection connection) throws SQLException {
        List<String> queries = new ArrayList<>();
        long rows = 0;
        try (Statement statement = connection.createStatement()) {
            try (ResultSet result = statement.executeQuery(STATEMENTS)) {
                while (result.next()) {
                    queries.add(result.getString(1));
                }
            }
            for (String query : queries) {
                try (ResultSet result = statement.executeQuery(query)) {
                    result.next();
                    rows += result.getLong(1);
                }
            }
        }
        return new DatabaseFacts(queries.size(), rows);
    }
}
