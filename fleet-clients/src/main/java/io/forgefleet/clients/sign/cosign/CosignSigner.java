package io.forgefleet.clients.sign.cosign;

import io.forgefleet.clients.sign.ImageRef;
import io.forgefleet.clients.sign.Passphrase;
import io.forgefleet.clients.sign.PredicateType;
import io.forgefleet.clients.sign.SignException;
import io.forgefleet.clients.sign.SignException.Problem;
import io.forgefleet.clients.sign.Signer;
import io.forgefleet.clients.sign.SigningKey;
import io.forgefleet.clients.sign.Trust;
import io.forgefleet.clients.sign.cosign.CosignTool.Scratch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Signs by cosign. Passphrases and keys go to it in its environment, never as arguments. */
public final class CosignSigner implements Signer {

    private final CosignTool tool;
    private final SigningKey key;

    public CosignSigner(CosignTool tool, SigningKey key) {
        this.tool = tool;
        this.key = key;
    }

    @Override
    public Trust checkKey() throws SignException, InterruptedException {
        String tried = "use the signing key " + key.reference();
        if (!tool.modern()) {
            throw new SignException(
                    Problem.TOOL_MISSING,
                    "could not " + tried
                            + ": this cosign is of line 2, and what it signs cannot be verified without a registry; "
                            + CosignTool.HOW_TO_GET);
        }
        if (key instanceof SigningKey.Keyless keyless) {
            Path token = keyless.token();
            if (token != null && !Files.isReadable(token)) {
                throw new SignException(
                        Problem.KEY_MISSING,
                        "could not " + tried + ": the identity token " + token + " cannot be read; who renews it?");
            }
            return new Trust.Certificate(keyless.identity(), keyless.issuer(), keyless.trustedRoot());
        }
        if (key instanceof SigningKey.KeyFile file && !Files.isReadable(file.file())) {
            throw new SignException(
                    Problem.KEY_MISSING,
                    "could not " + tried + ": the file is not there, or not for this user; cosign generate-key-pair"
                            + " makes one");
        }
        String printed = tool.run(tried, variables(tried), scratch -> List.of("public-key", "--key", key.reference()));
        try {
            return new Trust.Key(printed);
        } catch (IllegalArgumentException e) {
            throw new SignException(Problem.KEY_MISSING, "could not " + tried + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void sign(ImageRef image) throws SignException, InterruptedException {
        String tried = "sign " + image;
        tool.run(tried, variables(tried), scratch -> line(scratch, "sign", image, List.of()));
    }

    @Override
    public void attest(ImageRef image, PredicateType type, Path predicate) throws SignException, InterruptedException {
        String tried = "attest " + type + " of " + image;
        List<String> what = predicate(type, predicate);
        tool.run(tried, variables(tried), scratch -> line(scratch, "attest", image, what));
    }

    @Override
    public void signBlob(Path blob, Path bundle) throws SignException, InterruptedException {
        String tried = "sign " + blob.getFileName();
        blob(tried, "sign-blob", List.of(), blob, bundle);
    }

    @Override
    public void attestBlob(Path blob, PredicateType type, Path predicate, Path bundle)
            throws SignException, InterruptedException {
        String tried = "attest " + type + " of " + blob.getFileName();
        blob(tried, "attest-blob", predicate(type, predicate), blob, bundle);
    }

    private void blob(String tried, String command, List<String> what, Path blob, Path bundle)
            throws SignException, InterruptedException {
        tool.run(tried, variables(tried), scratch -> {
            List<String> line = start(scratch, command);
            if (!tool.modern()) {
                line.add("--new-bundle-format");
            }
            line.addAll(what);
            line.addAll(List.of(
                    "--bundle", part(bundle).toString(), blob.toAbsolutePath().toString()));
            return line;
        });
        try {
            Files.move(part(bundle), bundle.toAbsolutePath(), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new SignException(
                    Problem.CRASHED, "could not " + tried + ": cosign left no bundle at " + bundle + ": " + e, e);
        }
    }

    private static Path part(Path bundle) {
        return bundle.resolveSibling(bundle.getFileName() + ".part").toAbsolutePath();
    }

    private List<String> line(Scratch scratch, String command, ImageRef image, List<String> what)
            throws SignException, InterruptedException {
        List<String> line = start(scratch, command);
        line.addAll(what);
        if (image.plainHttp()) {
            line.add("--allow-http-registry");
        }
        line.add(image.reference());
        return line;
    }

    private List<String> start(Scratch scratch, String command) throws SignException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(command, "--yes"));
        if (key instanceof SigningKey.Keyless keyless) {
            if (keyless.token() != null) {
                line.addAll(List.of(
                        "--identity-token", keyless.token().toAbsolutePath().toString()));
            }
            if (tool.modern() && keyless.signingConfig() != null) {
                line.addAll(List.of(
                        "--signing-config",
                        keyless.signingConfig().toAbsolutePath().toString()));
            }
            if (tool.modern() && keyless.trustedRoot() != null) {
                line.addAll(List.of(
                        "--trusted-root", keyless.trustedRoot().toAbsolutePath().toString()));
            }
            return line;
        }
        line.addAll(List.of("--key", key.reference()));
        if (tool.modern()) {
            line.addAll(List.of("--signing-config", scratch.noServices().toString()));
            line.addAll(List.of("--trusted-root", scratch.noAuthorities().toString()));
        } else {
            line.add("--tlog-upload=false");
        }
        return line;
    }

    private static List<String> predicate(PredicateType type, Path file) {
        if (type == PredicateType.SIGNATURE) {
            throw new IllegalArgumentException("a signature is made by sign, not by attest");
        }
        return List.of(
                "--type", type.uri(), "--predicate", file.toAbsolutePath().toString());
    }

    private Map<String, String> variables(String tried) throws SignException {
        Map<String, String> variables = new HashMap<>();
        switch (key) {
            case SigningKey.KeyFile file -> password(variables, file.passphrase());
            case SigningKey.KeyVariable variable -> {
                String content = tool.variable(variable.variable());
                if (content == null || content.isBlank()) {
                    throw new SignException(
                            Problem.KEY_MISSING,
                            "could not " + tried + ": the environment variable " + variable.variable()
                                    + " is not set; it has to hold the private key of cosign generate-key-pair");
                }
                variables.put(variable.variable(), content);
                password(variables, variable.passphrase());
            }
            case SigningKey.KmsKey kms -> {}
            case SigningKey.Keyless keyless -> {}
        }
        return variables;
    }

    /** Set although it may be empty: else cosign asks a person. */
    private static void password(Map<String, String> variables, Passphrase passphrase) {
        variables.put("COSIGN_PASSWORD", passphrase.value());
    }
}
