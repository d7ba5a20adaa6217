package io.forgefleet.release.saga;

/** The steps of a release, in their order. Each can be repeated without harm, and none is once it is done. */
public enum SagaStep {
    PLAN("plan"),
    BUILD("build images"),
    ARTIFACTS("make files"),
    SBOM("list what is in them"),
    SCAN("scan"),
    SIGN("sign and attest"),
    VERIFY("verify"),
    DRAFT("draft the release"),
    PROMOTE("promote"),
    FLOAT("move tags"),
    PUBLISH("publish the release");

    private final String words;

    SagaStep(String words) {
        this.words = words;
    }

    /** For people. */
    public String words() {
        return words;
    }
}
