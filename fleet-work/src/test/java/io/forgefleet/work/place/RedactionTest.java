package io.forgefleet.work.place;

import static org.assertj.core.api.Assertions.assertThat;

import io.forgefleet.runtime.config.Secret;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RedactionTest {

    @Test
    void takesSecretsOutWhereverTheyStand() {
        assertThat(redaction("hunter2").clean("a=hunter2; b='hunter2'")).isEqualTo("a=•••; b='•••'");
    }

    @Test
    void takesTheLinesOfALongSecretOutOneByOne() {
        Redaction redaction = redaction("-----BEGIN KEY-----\nabcdefgh\n}\n");
        assertThat(redaction.clean("abcdefgh")).isEqualTo("•••");
        assertThat(redaction.clean("{}")).isEqualTo("{}");
    }

    @Test
    void leavesNoTailOfASecretThatAnotherOneBegins() {
        assertThat(redaction("secret", "secret-and-more").clean("secret-and-more"))
                .isEqualTo("•••");
    }

    @Test
    void takesShortSecretsOutToo() {
        assertThat(redaction("abc").clean("xabcx")).isEqualTo("x•••x");
    }

    private static Redaction redaction(String... secrets) {
        return new Redaction(Stream.of(secrets).map(Secret::of).toList());
    }
}
