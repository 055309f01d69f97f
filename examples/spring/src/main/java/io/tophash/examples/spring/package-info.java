/** A service that answers from a cache which survives it; see docs/spring.md. */
package io.tophash.examples.spring;
