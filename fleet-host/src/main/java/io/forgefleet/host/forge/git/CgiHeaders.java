package io.forgefleet.host.forge.git;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * The header that a CGI program writes before its body.
 *
 * @param status from its {@code Status} line, 200 without one
 */
record CgiHeaders(int status, Map<String, String> fields) {

    private static final int MAX_BYTES = 16_384;

    static CgiHeaders read(InputStream output) throws IOException {
        Map<String, String> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        int left = MAX_BYTES;
        for (String line = line(output, left); !line.isEmpty(); line = line(output, left)) {
            left -= line.length();
            int colon = line.indexOf(':');
            if (colon < 1) {
                throw new IOException("not a CGI header: " + line);
            }
            fields.put(line.substring(0, colon), line.substring(colon + 1).strip());
        }
        String status = fields.getOrDefault("Status", "200");
        fields.remove("Status");
        return new CgiHeaders(Integer.parseInt(status.split(" ", 2)[0]), fields);
    }

    private static String line(InputStream output, int max) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = output.read(); b != '\n'; b = output.read()) {
            if (b < 0 || line.size() >= max) {
                throw new IOException("the CGI program ended or went on without the end of its header");
            }
            if (b != '\r') {
                line.write(b);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }
}
