package io.forgefleet.benchmarks.intake;

import io.forgefleet.events.CommitId;
import io.forgefleet.events.EventId;
import io.forgefleet.events.PushEvent;
import io.forgefleet.events.RefName;
import io.forgefleet.events.RepositoryId;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A push webhook in GitHub's form, 8 KB, and what it says. Body and signature are the same in every request. */
public final class SignedPush {

    /** Nothing but these benchmarks knows it, so it may stand here. */
    public static final String SECRET = "benchmark-secret-that-guards-nothing";

    /** Name of the forge in the gateway's configuration. */
    public static final String FORGE = "hub";

    static final String SIGNATURE_HEADER = "X-Hub-Signature-256";
    static final int BYTES = 8192;

    private static final String REPOSITORY = "team/app";
    private static final String BEFORE = "6113728f27ae82c7b1a177c8d03f9e96e0adf246";
    private static final String AFTER = "0d1a26e67d8f5eaf1f6ba5c57fc3c7d91ac0fd1c";
    private static final String LOGIN = "octocat";

    private SignedPush() {}

    /** The payload. Its commits fill it up, as they do in real ones. */
    public static byte[] body() {
        String head = """
                {"ref":"refs/heads/feature/login","before":"%s","after":"%s","created":false,"deleted":false,\
                "forced":false,"base_ref":null,"compare":"https://hub.example/%s/compare/6113728f27ae...0d1a26e67d8f",\
                "repository":{"id":186853002,"name":"app","full_name":"%s","private":false,"default_branch":"main",\
                "owner":{"name":"team","login":"team","id":21031067,"type":"Organization","site_admin":false},\
                "html_url":"https://hub.example/%s","pushed_at":1770000000,"size":1024,"fork":false},\
                "pusher":{"name":"%s","email":"octocat@example.com"},"sender":{"login":"%s","id":583231,"type":"User"},\
                "head_commit":{"id":"%s","message":"Log in","timestamp":"2026-02-02T03:04:05+01:00"},"commits":[""".formatted(BEFORE, AFTER, REPOSITORY, REPOSITORY, REPOSITORY, LOGIN, LOGIN, AFTER);
        StringBuilder json = new StringBuilder(BYTES).append(head);
        String separator = "";
        for (int number = 1; json.length() < BYTES - 700; number++) {
            json.append(separator).append("""
                    {"id":"%040x","tree_id":"%040x","distinct":true,"message":"Change number %d",\
                    "timestamp":"2026-02-02T03:04:05+01:00","url":"https://hub.example/team/app/commit/%040x",\
                    "author":{"name":"Octo Cat","email":"octocat@example.com","username":"octocat"},\
                    "added":["src/main/one.py"],"removed":[],"modified":["README.md","src/main/two.py"]}""".formatted(number, number * 31, number, number));
            separator = ",";
        }
        String end = "],\"note\":\"";
        json.append(end)
                .append("x".repeat(BYTES - json.length() - end.length() - 2))
                .append("\"}");
        return json.toString().getBytes(StandardCharsets.US_ASCII);
    }

    /** Value of the header {@value #SIGNATURE_HEADER} for this body. */
    public static String signature(byte[] body) {
        return "sha256=" + HexFormat.of().formatHex(mac().doFinal(body));
    }

    static Mac mac() {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }

    /** The event that the gateway makes of one. */
    public static PushEvent event(String delivery) {
        RepositoryId repository = new RepositoryId(FORGE, REPOSITORY);
        RefName branch = RefName.branch("feature/login");
        return new PushEvent(
                EventId.derive(repository, branch.value(), BEFORE, AFTER, "updated", delivery),
                repository,
                branch,
                PushEvent.Change.UPDATED,
                new CommitId(BEFORE),
                new CommitId(AFTER),
                LOGIN,
                Instant.now());
    }
}
