package io.forgefleet.release.proof;

import io.forgefleet.clients.sign.Passphrase;
import io.forgefleet.clients.sign.SigningKey;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.runtime.config.document.SecretReference;
import io.forgefleet.runtime.config.release.SigningKeyConfig;
import io.forgefleet.work.place.RunEndedException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The keys of the configuration as cosign takes them. What secrets they refer to is looked up here, and for cosign alone. */
final class Keys {

    private static final int LONGEST_PASSPHRASE = 4096;

    private final Map<String, String> environment;

    /** @param environment of this process */
    Keys(Map<String, String> environment) {
        this.environment = environment;
    }

    SigningKey of(SigningKeyConfig config) throws RunEndedException {
        SigningKeyConfig.Keyless keyless = config.keyless();
        if (keyless != null) {
            return new SigningKey.Keyless(
                    keyless.identity(), URI.create(keyless.issuer()), null, null, token(config, keyless.token()));
        }
        if (config.kms() != null) {
            return new SigningKey.KmsKey(URI.create(config.kms()));
        }
        return switch (config.key()) {
            case SecretReference.InFile file -> new SigningKey.KeyFile(file.file(), passphrase(config));
            case SecretReference.Variable variable -> new SigningKey.KeyVariable(variable.name(), passphrase(config));
            case null -> throw new IllegalStateException("the configuration has seen to it");
        };
    }

    private static @Nullable Path token(SigningKeyConfig config, @Nullable SecretReference token)
            throws RunEndedException {
        return switch (token) {
            case null -> null;
            case SecretReference.InFile file -> file.file();
            case SecretReference.Variable variable ->
                throw new RunEndedException(
                        Reason.FAILED, "the token of the identity " + config.name() + " has to be in a file");
        };
    }

    private Passphrase passphrase(SigningKeyConfig config) throws RunEndedException {
        return switch (config.passphrase()) {
            case null -> Passphrase.NONE;
            case SecretReference.Variable variable -> {
                String value = environment.getOrDefault(variable.name(), "");
                if (value.isEmpty()) {
                    throw missing(config, variable + " is not set");
                }
                yield new Passphrase(value);
            }
            case SecretReference.InFile file -> {
                try {
                    if (Files.size(file.file()) > LONGEST_PASSPHRASE) {
                        throw missing(config, file + " is larger than " + LONGEST_PASSPHRASE + " bytes");
                    }
                    yield new Passphrase(Files.readString(file.file()).replaceFirst("\\r?\\n\\z", ""));
                } catch (IOException e) {
                    throw missing(
                            config, file + " cannot be read (" + e.getClass().getSimpleName() + ")");
                }
            }
        };
    }

    private static RunEndedException missing(SigningKeyConfig config, String why) {
        return new RunEndedException(
                Reason.FAILED,
                "the passphrase of the key " + config.name() + " is not there: " + why
                        + "; give it to the release worker, and resume");
    }
}
