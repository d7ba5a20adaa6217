/** Finished databases: what names one, how one is sealed, where it lies in a registry and on this machine. */
@NullMarked
package io.forgefleet.work.template;

import org.jspecify.annotations.NullMarked;
