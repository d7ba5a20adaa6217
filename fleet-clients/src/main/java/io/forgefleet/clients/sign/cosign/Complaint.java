package io.forgefleet.clients.sign.cosign;

import io.forgefleet.clients.sign.SignException;
import io.forgefleet.clients.sign.SignException.Problem;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What cosign's words mean. Its exit codes tell little: almost everything is 1. */
final class Complaint {

    private record Rule(Problem problem, Pattern words, String advice) {}

    private static final int MOST = 600;

    /** In this order: what speaks of a key may speak of a file too, what speaks of the registry may hold anything. */
    private static final List<Rule> RULES = List.of(
            rule(
                    Problem.PASSPHRASE_WRONG,
                    "decrypt(ion failed|: encrypted)|reading password|inappropriate ioctl",
                    "the passphrase does not open the key: correct the secret that holds it"),
            rule(
                    Problem.KEY_MISSING,
                    "env var \\$\\S+ not found|no such file or directory|invalid pem block|unsupported pem type"
                            + "|parsing private key|kms specification should be|(VAULT|BAO)_ADDR.* is not set"
                            + "|NotFoundException|KeyNotFound",
                    "name a key that is there: a file of cosign generate-key-pair, a variable, or a key of a key service"),
            rule(
                    Problem.SIGNATURE_ABSENT,
                    "no signatures? (found|associated)|no matching attestations: ?$|no attestations found"
                            + "|none of the attestations matched|no bundles? found|no signatures found for",
                    "it was never signed, or the signature was removed"),
            rule(
                    Problem.SIGNATURE_WRONG,
                    "could not verify (envelope|message)|invalid signature|failed to verify (signature|certificate|timestamps)"
                            + "|no matching (signatures|attestations)|does not match any digest|none of the expected identities",
                    "another key signed it, or something else was signed"),
            rule(
                    Problem.REGISTRY_REFUSES,
                    "UNAUTHORIZED|DENIED|MANIFEST_INVALID|UNSUPPORTED|status code 40[0135]|status code 415|unsupported status",
                    "the registry takes no signature there: check credentials and whether it accepts OCI artifacts"),
            rule(
                    Problem.UNAVAILABLE,
                    "dial tcp|connection re(fused|set)|i/o timeout|deadline exceeded|no such host|TLS handshake|EOF"
                            + "|status code 5\\d\\d|status code 429|50[0-4] |TOOMANYREQUESTS|RequestError|ThrottlingException",
                    "a service that it needs does not answer; it is worth another attempt"));

    private Complaint() {}

    static SignException of(String tried, int exit, String errors) {
        // each failure is printed twice, and warnings about the network that was not needed say nothing
        String words = errors.lines()
                .filter(line -> !line.startsWith("WARNING:") && !line.startsWith("error during command execution"))
                .map(line -> line.replaceFirst("^Error: ", "").strip())
                .filter(line -> !line.isEmpty())
                .distinct()
                .collect(Collectors.joining("; "));
        String shown = words.length() <= MOST ? words : "…" + words.substring(words.length() - MOST);
        for (Rule each : RULES) {
            if (each.words().matcher(words).find()) {
                return new SignException(each.problem(), "could not " + tried + ": " + shown + "; " + each.advice());
            }
        }
        return new SignException(
                Problem.CRASHED,
                "could not " + tried + ": cosign ended with " + exit + (shown.isEmpty() ? "" : ": " + shown));
    }

    private static Rule rule(Problem problem, String words, String advice) {
        return new Rule(problem, Pattern.compile(words, Pattern.CASE_INSENSITIVE), advice);
    }
}
