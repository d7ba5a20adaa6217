package io.forgefleet.work.evidence;

import static io.forgefleet.clients.sign.PredicateType.CYCLONEDX;
import static io.forgefleet.clients.sign.PredicateType.PROVENANCE;
import static io.forgefleet.clients.sign.PredicateType.SIGNATURE;
import static io.forgefleet.clients.sign.PredicateType.SPDX;
import static io.forgefleet.clients.sign.PredicateType.VULNERABILITIES;

import io.forgefleet.clients.sign.PredicateType;
import java.util.List;

/** What has to be signed and attested of each thing that is released. Who signs and who verifies read the same lists. */
public final class Required {

    /** Of an index, which holds nothing but its images. */
    public static final List<PredicateType> OF_INDEX = List.of(SIGNATURE, PROVENANCE);

    /** Of the image of one platform, and of a file. */
    public static final List<PredicateType> OF_CONTENT =
            List.of(SIGNATURE, PROVENANCE, CYCLONEDX, SPDX, VULNERABILITIES);

    private Required() {}
}
