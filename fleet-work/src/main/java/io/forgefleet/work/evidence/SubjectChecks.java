package io.forgefleet.work.evidence;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.clients.sign.PredicateType;
import io.forgefleet.events.image.Digest;
import io.forgefleet.work.evidence.Proving.Said;
import io.forgefleet.work.evidence.proof.Proof;
import io.forgefleet.work.evidence.proof.Prover;
import io.forgefleet.work.evidence.statement.VulnerabilityReport;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Looks at what is signed of one thing after the other. For one thread. */
final class SubjectChecks implements AutoCloseable {

    private final Proving proving;
    private final List<Check> checks = new ArrayList<>();

    SubjectChecks(Prover prover) {
        this.proving = new Proving(prover);
    }

    Proving proving() {
        return proving;
    }

    void add(String what, boolean held, String found) {
        add(new Check(what, held, found));
    }

    void add(Check check) {
        checks.add(check);
    }

    Verification result() {
        return new Verification(proving.trust().describe(), checks);
    }

    /**
     * Checks that everything required is signed of a digest, and what the gate said.
     *
     * @param name for people
     * @param bundles what came of them
     * @return what is proven of it
     */
    List<Proof> check(String name, Digest digest, List<PredicateType> required, List<Said> bundles) {
        Set<String> troubles = new LinkedHashSet<>();
        List<Proof> proofs = new ArrayList<>();
        for (Said each : bundles) {
            Proof proof = each.proof();
            if (proof == null) {
                troubles.add(each.trouble());
            } else if (proof.subjects().contains(digest)) {
                proofs.add(proof);
            } else {
                troubles.add("one is about " + proof.subjects().iterator().next() + " and not this");
            }
        }
        String otherwise = troubles.isEmpty() ? "there is none" : "none holds: " + String.join("; ", troubles);
        for (PredicateType type : required) {
            boolean held = proofs.stream().anyMatch(each -> each.type().equals(type.uri()));
            add(words(type) + " of " + name, held, held ? proving.trust().describe() : otherwise);
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
                .map(each -> each.predicate().tree())
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

    @Override
    public void close() {
        proving.close();
    }
}
