package io.forgefleet.clients.scan;

/**
 * Looks up known vulnerabilities of what an SBOM lists. Thread-safe; a call ends with all its processes when its thread is
 * interrupted.
 */
public interface Scanner {

    /** Name of the program. */
    String name();

    /**
     * All findings of the SBOM, of every severity.
     *
     * @throws ScanException when anything of it could not be looked up: a part of the findings is never taken for all
     */
    ScanReport scan(Sbom sbom) throws ScanException, InterruptedException;
}
