package io.forgefleet.work.evidence;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.clients.sign.PredicateType;
import io.forgefleet.clients.sign.SignException;
import io.forgefleet.events.image.Digest;
import io.forgefleet.work.evidence.proof.Proof;
import io.forgefleet.work.evidence.proof.Prover;
import io.forgefleet.work.evidence.proof.SignedBundle;
import io.forgefleet.work.evidence.proof.UnprovenException;
import io.forgefleet.work.evidence.statement.VulnerabilityReport;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Looks at what is signed of one thing after the other. For one thread. */
final class SubjectChecks {

    private final Prover prover;
    private final List<Check> checks = new ArrayList<>();

    SubjectChecks(Prover prover) {
        this.prover = prover;
    }

    void add(String what, boolean held, String found) {
        checks.add(new Check(what, held, found));
    }

    Verification result() {
        return new Verification(prover.trust().describe(), checks);
    }

    /**
     * Checks that everything required is signed of a digest, and what the gate said.
     *
     * @param name for people
     * @return what is proven of it
     */
    List<Proof> check(String name, Digest digest, List<PredicateType> required, List<SignedBundle> bundles)
            throws SignException, InterruptedException {
        Set<String> troubles = new LinkedHashSet<>();
        List<Proof> proofs = new ArrayList<>();
        for (SignedBundle each : bundles) {
            try {
                Proof proof = prover.prove(each);
                if (proof.subjects().contains(digest)) {
                    proofs.add(proof);
                } else {
                    troubles.add("one is about " + proof.subjects().iterator().next() + " and not this");
                }
            } catch (UnprovenException e) {
                troubles.add(String.valueOf(e.getMessage()));
            }
        }
        String otherwise = troubles.isEmpty() ? "there is none" : "none holds: " + String.join("; ", troubles);
        for (PredicateType type : required) {
            boolean held = proofs.stream().anyMatch(each -> each.type().equals(type.uri()));
            add(words(type) + " of " + name, held, held ? prover.trust().describe() : otherwise);
        }
        if (required.contains(PredicateType.VULNERABILITIES)) {
            gate(name, proofs);
        }
        return proofs;
    }

    /** The newest report counts: a release may be scanned again. */
    private void gate(String name, List<Proof> proofs) {
        Optional<JsonNode> newest = proofs.stream()
                .filter(each -> each.type().equals(PredicateType.VULNERABILITIES.uri()))
                .map(Proof::predicate)
                .max(Comparator.comparing(
                        each -> each.path("metadata").path("scanFinishedOn").asText("")));
        boolean passed = newest.flatMap(VulnerabilityReport::passed).orElse(false);
        add(
                "gate's verdict on " + name,
                passed,
                newest.map(VulnerabilityReport::summary)
                        .filter(each -> !each.isEmpty())
                        .orElse("there is no verdict"));
    }

    static String words(PredicateType type) {
        return switch (type) {
            case SIGNATURE -> "signature";
            case PROVENANCE -> "provenance";
            case CYCLONEDX -> "CycloneDX SBOM";
            case SPDX -> "SPDX SBOM";
            case VULNERABILITIES -> "vulnerability report";
        };
    }
}
