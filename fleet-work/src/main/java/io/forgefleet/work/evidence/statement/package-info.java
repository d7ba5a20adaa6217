/** What is attested: in-toto statements and their predicates. */
@NullMarked
package io.forgefleet.work.evidence.statement;

import org.jspecify.annotations.NullMarked;
