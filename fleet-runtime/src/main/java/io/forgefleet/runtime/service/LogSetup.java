package io.forgefleet.runtime.service;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.io.Console;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;

/**
 * Logs of a process to standard output: lines for people on a terminal, JSON elsewhere. {@code FLEET_LOG} = {@code text}
 * or {@code json} decides otherwise, {@code FLEET_LOG_LEVEL} sets the level of the fleet's own logs. A Logback file wins.
 */
public final class LogSetup extends ContextAwareBase implements Configurator {

    private static final String FOR_PEOPLE = "%d{HH:mm:ss.SSS} %-5level %logger{0}: %msg %mdc{runId}%n";

    private final Map<String, String> environment;
    private final BooleanSupplier terminal;

    /** For Logback, which finds it as a service. */
    public LogSetup() {
        this(System.getenv(), LogSetup::isTerminal);
    }

    LogSetup(Map<String, String> environment, BooleanSupplier terminal) {
        this.environment = environment;
        this.terminal = terminal;
    }

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        return hasFile() ? ExecutionStatus.INVOKE_NEXT_IF_ANY : configureConsole(context);
    }

    private static boolean hasFile() {
        ClassLoader loader = LogSetup.class.getClassLoader();
        return System.getProperty("logback.configurationFile") != null
                || loader.getResource("logback-test.xml") != null
                || loader.getResource("logback.xml") != null;
    }

    ExecutionStatus configureConsole(LoggerContext context) {
        Encoder<ILoggingEvent> encoder = encoder();
        encoder.setContext(context);
        encoder.start();
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setEncoder(encoder);
        appender.start();
        var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.WARN);
        root.addAppender(appender);
        context.getLogger("io.forgefleet")
                .setLevel(Level.toLevel(environment.getOrDefault("FLEET_LOG_LEVEL", ""), Level.INFO));
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    private Encoder<ILoggingEvent> encoder() {
        String form = environment.getOrDefault("FLEET_LOG", "");
        boolean text = form.isBlank() ? terminal.getAsBoolean() : form.equals("text");
        if (!text) {
            return new JsonLogEncoder();
        }
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setPattern(FOR_PEOPLE);
        return encoder;
    }

    private static boolean isTerminal() {
        return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
    }
}
