package io.forgefleet.local.verify;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.clients.registry.Registry;
import io.forgefleet.clients.sign.SignException;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.image.ImageReference;
import io.forgefleet.events.wire.Json;
import io.forgefleet.local.console.CommandFailure;
import io.forgefleet.local.console.Invocation;
import io.forgefleet.local.console.Paint;
import io.forgefleet.local.console.Terminal;
import io.forgefleet.work.evidence.Check;
import io.forgefleet.work.evidence.EvidenceVerifier;
import io.forgefleet.work.evidence.FileVerifier;
import io.forgefleet.work.evidence.ImageVerifier;
import io.forgefleet.work.evidence.Verification;
import io.forgefleet.work.evidence.proof.Prover;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says whether something is signed, attested and let through by the gate, as it should be. */
@Command(
        name = "verify",
        description = {
            "Verifies a release: an image with all its platforms, a file with the bundle beside it, or evidence.tar. Says in order"
                    + " what was checked and by which key. With a key, files and evidence need no network and no other tool."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Exit codes: 0 everything held, 3 something did not, 1 it could not be found out, 2 wrong usage.",
            "",
            "Examples:",
            "  ./fleet verify --key cosign.pub evidence.tar",
            "  ./fleet verify --key cosign.pub app-1.2.0-py3-none-any.whl",
            "  ./fleet verify --key cosign.pub registry.example/team/app:1.2.0"
        })
public final class VerifyCommand implements Callable<Integer> {

    /** Not verified, which is another thing than "could not find out". */
    public static final int NOT_VERIFIED = 3;

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final String BUNDLE = ".sigstore.json";

    /** What a line needs of a digest to be told from others; --json has it whole, and so has the last line of the key. */
    private static final Pattern LONG_DIGEST = Pattern.compile("(sha256:[0-9a-f]{12})[0-9a-f]{52}");

    private final Invocation invocation;

    @Mixin
    private final Signatory signatory = new Signatory();

    @Parameters(paramLabel = "IMAGE|FILE|evidence.tar", description = "A file that is there, else an image.")
    private String subject = "";

    @Option(
            names = "--bundle",
            paramLabel = "FILE",
            description = "The signature of the file. Default: beside it, with " + BUNDLE + " after its name.")
    private @Nullable Path bundle;

    @Option(
            names = "--plain-http",
            description = "The registry speaks HTTP without TLS; those of this machine are taken to do so.")
    private boolean plainHttp;

    @Option(names = "--json", description = "Print a JSON object with subject, verified, by and checks.")
    private boolean json;

    public VerifyCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() throws CommandFailure, InterruptedException {
        Prover prover = signatory.prover(invocation.environment());
        try {
            Verification verification = verify(prover);
            show(verification);
            return verification.passed() ? 0 : NOT_VERIFIED;
        } catch (ClientException | SignException | IOException e) {
            throw new CommandFailure(
                    subject + " could not be verified, and that says nothing about it: " + e.getMessage(), "", e);
        }
    }

    private Verification verify(Prover prover)
            throws CommandFailure, ClientException, SignException, IOException, InterruptedException {
        Path file = file();
        if (file == null) {
            return image(prover);
        }
        if (!file.getFileName().toString().endsWith(".tar") || bundle != null) {
            Path beside = bundle == null ? file.resolveSibling(file.getFileName() + BUNDLE) : bundle;
            return new FileVerifier(prover).verify(file, beside);
        }
        return new EvidenceVerifier(prover).verify(file);
    }

    private @Nullable Path file() {
        Path path = Path.of(subject);
        return Files.isRegularFile(path) ? path : null;
    }

    private Verification image(Prover prover)
            throws CommandFailure, ClientException, SignException, InterruptedException {
        ImageReference image = ImageReference.parse(subject)
                .orElseThrow(() -> new CommandFailure(
                        "'" + subject + "' is neither a file that is there nor an image",
                        "an image is named as registry.example/team/app:1.2.0, with or without @sha256:…"));
        Registry registry =
                new Registry(image.host(), plainHttp || image.isLoopback(), DockerCredentials.ofThisProcess(), TIMEOUT);
        Optional<Digest> digest = image.digest() != null
                ? Optional.of(image.digest())
                : registry.digest(image.path(), Objects.requireNonNullElse(image.tag(), "latest"));
        if (digest.isEmpty()) {
            throw new CommandFailure(
                    "there is no " + subject,
                    "is it a file? Then it is not in this folder; is it an image? Look at its tag");
        }
        if (!subject.endsWith(digest.get().value())) {
            subject += "@" + digest.get();
        }
        return new ImageVerifier(prover).verify(registry, image.path(), digest.get());
    }

    private static String brief(String text) {
        return LONG_DIGEST.matcher(text).replaceAll("$1");
    }

    private void show(Verification verification) {
        Terminal terminal = invocation.terminal();
        if (json) {
            Map<String, Object> all = new LinkedHashMap<>();
            all.put("subject", subject);
            all.put("verified", verification.passed());
            all.put("by", verification.by());
            all.put("checks", verification.checks());
            terminal.print(new String(Json.write(all), StandardCharsets.UTF_8));
            return;
        }
        for (Check each : verification.checks()) {
            String word = each.held() ? terminal.paint(Paint.GREEN, "ok  ") : terminal.paint(Paint.RED, "FAIL");
            String found = each.held() ? brief(each.found()) : each.found();
            terminal.print(word + "  " + terminal.paint(Paint.BOLD, brief(each.what())) + ": " + found);
        }
        terminal.print(
                verification.passed()
                        ? "verified: " + subject + ", by " + verification.by()
                        : terminal.paint(Paint.RED, "NOT VERIFIED") + ": " + subject + ", by " + verification.by());
    }
}
