package io.forgefleet.runtime.service;

/** The order in which a process stops. */
public enum StopStage {
    /** Nothing new is taken. */
    INTAKE,
    /** What is in hand is finished, or handed back. */
    DRAIN,
    /** What is buffered is flushed, and connections are closed. */
    CLOSE
}
