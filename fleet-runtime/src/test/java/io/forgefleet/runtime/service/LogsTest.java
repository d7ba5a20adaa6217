package io.forgefleet.runtime.service;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.forgefleet.runtime.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

class LogsTest {

    private final LoggerContext context = new LoggerContext();

    @Test
    void eachEventIsOneLineOfJsonWithItsContext() throws Exception {
        LoggingEvent event = event("pushed {}\nto \"main\" \u0007", "image", new IllegalStateException("broken"));
        event.setMDCPropertyMap(Map.of("runId", "r1", "eventId", "e1", "repository", "a/b/c", "attempt", "2"));

        String line = new String(new JsonLogEncoder().encode(event), StandardCharsets.UTF_8);

        assertThat(line).endsWith("\n").hasLineCount(1);
        JsonNode json = new ObjectMapper().readTree(line);
        assertThat(json.get("message").asText()).isEqualTo("pushed image\nto \"main\" \u0007");
        assertThat(json.get("runId").asText()).isEqualTo("r1");
        assertThat(json.get("attempt").asText()).isEqualTo("2");
        assertThat(json.get("level").asText()).isEqualTo("WARN");
        assertThat(json.get("at").asText()).matches("\\d{4}-\\d\\d-\\d\\dT.*Z");
        assertThat(json.get("error").asText()).contains("IllegalStateException: broken", "LogsTest");
    }

    @Test
    void aHugeMessageIsCut() {
        byte[] line = new JsonLogEncoder().encode(event("x".repeat(1_000_000), "", null));
        assertThat(line).hasSizeLessThan(20_000);
    }

    @Test
    void ourOwnLogsAreHeardAndThoseOfLibrariesOnlyWhenTheyWarn() {
        assertThat(new LogSetup(Map.of(), () -> true).configure(context))
                .as("the file for tests wins")
                .isEqualTo(Configurator.ExecutionStatus.INVOKE_NEXT_IF_ANY);
        new LogSetup(Map.of(), () -> true).configureConsole(context);
        assertThat(context.getLogger(Topics.class).isInfoEnabled()).isTrue();
        assertThat(context.getLogger("org.apache.kafka.clients").isInfoEnabled())
                .isFalse();
        assertThat(context.getLogger("io.vertx").isWarnEnabled()).isTrue();
        new LogSetup(Map.of("FLEET_LOG", "json", "FLEET_LOG_LEVEL", "debug"), () -> true).configureConsole(context);
        assertThat(context.getLogger(Topics.class).isDebugEnabled()).isTrue();
        new LogSetup(Map.of("FLEET_LOG_LEVEL", "loud"), () -> false).configureConsole(context);
        assertThat(context.getLogger(Topics.class).isDebugEnabled()).isFalse();
        assertThat(context.getLogger(Topics.class).isInfoEnabled()).isTrue();
    }

    private LoggingEvent event(String message, String argument, @Nullable Throwable error) {
        ch.qos.logback.classic.Logger logger = context.getLogger(Logger.ROOT_LOGGER_NAME);
        context.setMDCAdapter(new LogbackMDCAdapter());
        return new LoggingEvent(LogsTest.class.getName(), logger, Level.WARN, message, error, new Object[] {argument});
    }
}
