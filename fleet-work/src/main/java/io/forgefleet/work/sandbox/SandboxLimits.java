package io.forgefleet.work.sandbox;

/**
 * What a command may use.
 *
 * @param cpus how many it may keep busy
 * @param memory in bytes
 * @param processes at once, threads included
 * @param outputBytes of what it leaves, all together
 */
public record SandboxLimits(double cpus, long memory, int processes, long outputBytes) {}
