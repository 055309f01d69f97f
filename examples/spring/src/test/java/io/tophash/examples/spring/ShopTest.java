package io.tophash.examples.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * The service as a process of its own, asked over HTTP, killed and asked again. It starts seven of
 * them, which takes a while.
 */
@Tag("crash")
@EnabledIfSystemProperty(named = "tophash.suites", matches = "true")
class ShopTest {
  private static final Pattern PORT = Pattern.compile("started on port (\\d+)");

  private final List<Process> services = new ArrayList<>();
  private final HttpClient http = HttpClient.newHttpClient();

  @TempDir private Path directory;

  /** A running service. */
  private record Service(Process process, int port) {}

  @AfterEach
  void endServices() throws InterruptedException {
    for (Process service : services) {
      service.destroyForcibly().waitFor();
    }
  }

  private Service start(String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                ShopApplication.class.getName(),
                "--server.port=0",
                "--tophash.directory=" + directory));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    services.add(process);
    StringBuilder log = new StringBuilder();
    BufferedReader output = process.inputReader();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      log.append(line).append('\n');
      Matcher port = PORT.matcher(line);
      if (port.find()) {
        return new Service(process, Integer.parseInt(port.group(1)));
      }
    }
    throw new AssertionError("the service did not start:\n" + log);
  }

  private String get(Service service, String path) throws IOException, InterruptedException {
    HttpResponse<String> response =
        http.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + service.port() + path)).build(),
            HttpResponse.BodyHandlers.ofString());
    assertEquals(200, response.statusCode(), response::body);
    return response.body();
  }

  private void isWarmAfterAKill(String... arguments) throws Exception {
    Service first = start(arguments);
    String expected = "{\"id\":7,\"name\":\"product 7\",\"madeBy\":" + first.process().pid() + "}";
    assertEquals(expected, get(first, "/products/7"));
    first.process().destroyForcibly().waitFor(); // SIGKILL
    Service second = start(arguments);
    assertEquals(expected, get(second, "/products/7"), "fetched by the one that was killed");
    Service third = start(arguments);
    String other = get(third, "/products/8");
    assertEquals(other, get(second, "/products/8"), "shared by those that run");
  }

  @Test
  void itsCacheIsWarmAfterAKillAndSharedByAllInstances() throws Exception {
    isWarmAfterAKill();
    assertTrue(Files.exists(directory.resolve("products.tph")));
  }

  @Test
  void itsCacheIsWarmAlsoThroughJCache() throws Exception {
    isWarmAfterAKill("--spring.profiles.active=jcache");
    assertTrue(Files.exists(directory.resolve("products.tph")));
  }

  @Test
  void metersAndHealthAreServed() throws Exception {
    Service service = start();
    get(service, "/products/7");
    get(service, "/products/7");
    String gets = get(service, "/actuator/metrics/cache.gets?tag=cache:products&tag=result:hit");
    assertTrue(gets.contains("\"value\":1.0"), gets);
    String health = get(service, "/actuator/health");
    assertTrue(health.contains("\"tophash\":{\"details\":{\"products\":"), health);
    assertTrue(health.contains("\"status\":\"UP\""), health);
  }
}
