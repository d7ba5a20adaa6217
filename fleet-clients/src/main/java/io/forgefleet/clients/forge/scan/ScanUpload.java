package io.forgefleet.clients.forge.scan;

import java.util.List;

/**
 * Findings that a forge has read.
 *
 * @param id the forge's name of the upload
 * @param errors why the forge could not use them; empty when it could
 */
public record ScanUpload(String id, List<String> errors) {

    public ScanUpload {
        errors = List.copyOf(errors);
    }

    /** Whether the findings are shown. */
    public boolean complete() {
        return errors.isEmpty();
    }
}
