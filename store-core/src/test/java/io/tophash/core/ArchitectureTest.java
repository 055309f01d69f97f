package io.tophash.core;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** Imports run downward only, between the packages of this module and between the modules. */
@Tag("contract")
class ArchitectureTest {
  private static final String ROOT = "io.tophash.core";

  /** For each package below the root, the packages that it may use. */
  private static final Map<String, List<String>> MAY_USE =
      Map.of(
          "errors", List.of(),
          "map", List.of("errors", "codec"),
          "memory", List.of("errors"),
          "hash", List.of("errors"),
          "codec", List.of("errors"),
          "format", List.of("errors", "memory"),
          "alloc", List.of("errors", "memory", "format"),
          "lifecycle", List.of("errors", "memory", "format", "hash", "codec"),
          "salvage", List.of("errors", "memory", "hash", "codec", "format"),
          "table", List.of("errors", "memory", "hash", "codec", "format", "alloc"));

  /** For each module, the modules that it may use. */
  private static final Map<String, Set<String>> MODULE_MAY_USE =
      Map.of(
          "store-core", Set.of(),
          "store-sync", Set.of("store-core"),
          "store-cache", Set.of("store-core", "store-sync"),
          "store-jcache", Set.of("store-cache"),
          "store-micrometer", Set.of("store-cache", "store-sync"),
          "store-spring", Set.of("store-cache", "store-micrometer"),
          "store-infinispan", Set.of("store-sync"),
          "store-cli", Set.of("store-core", "store-sync", "store-cache"),
          "store-bench", Set.of("store-core", "store-sync", "store-cache", "store-jcache"));

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  private static Stream<String> packages() {
    return MAY_USE.keySet().stream().sorted();
  }

  private static ArchRule usesOnlyWhatItMay(String root, String name) {
    String[] allowed =
        Stream.concat(Stream.of(name), MAY_USE.get(name).stream())
            .map(allowedName -> root + "." + allowedName + "..")
            .toArray(String[]::new);
    return classes()
        .that()
        .resideInAPackage(root + "." + name + "..")
        .should()
        .onlyDependOnClassesThat(
            not(resideInAPackage("io.tophash..")).or(resideInAnyPackage(allowed)))
        .allowEmptyShould(true); // a package may be empty while the project is young
  }

  @Test
  void theClassesOfThisModuleAreReallyImported() {
    assertFalse(CLASSES.isEmpty(), "no class imported, so no rule would be checked");
    assertTrue(CLASSES.size() >= 5, () -> "too few classes imported: count=" + CLASSES.size());
  }

  @Test
  void everyPackageIsInTheTable() {
    Set<String> known = new TreeSet<>(MAY_USE.keySet());
    Set<String> found =
        CLASSES.stream()
            .map(c -> c.getPackageName())
            .filter(name -> !name.equals(ROOT))
            .map(name -> name.substring(ROOT.length() + 1).split("\\.", 2)[0])
            .collect(Collectors.toCollection(TreeSet::new));
    found.removeAll(known);
    assertEquals(Set.of(), found, "packages that MAY_USE does not name");
  }

  @ParameterizedTest
  @MethodSource("packages")
  void aPackageUsesOnlyWhatItMay(String name) {
    usesOnlyWhatItMay(ROOT, name).check(CLASSES);
  }

  @Test
  void theDirectionRuleFailsOnAClassThatBreaksIt() {
    JavaClasses broken = new ClassFileImporter().importPackages("io.tophash.broken");
    ArchRule rule = usesOnlyWhatItMay("io.tophash.broken", "errors");
    AssertionError e = assertThrows(AssertionError.class, () -> rule.check(broken));
    assertTrue(e.getMessage().contains("UsesMemory"), e::getMessage);
  }

  @Test
  void packagesHaveNoCycles() {
    slices()
        .matching(ROOT + ".(**)")
        .should()
        .beFreeOfCycles()
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  /** On a busy machine each call gives a whole turn away: see docs/decisions/0081. */
  @Test
  void nothingYields() {
    noClasses().should().callMethod(Thread.class, "yield").check(CLASSES);
  }

  @Test
  void nothingUsesSunMiscUnsafe() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("sun.misc.Unsafe")
        .check(CLASSES);
  }

  @Test
  void coreUsesNoOtherModule() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.tophash.sync..", "io.tophash.cli..", "io.tophash.bench..")
        .check(CLASSES);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "store-core",
        "store-sync",
        "store-cache",
        "store-jcache",
        "store-micrometer",
        "store-spring",
        "store-infinispan",
        "store-cli",
        "store-bench"
      })
  void aModuleDependsOnlyOnWhatItMay(String module) throws Exception {
    Set<String> used = new TreeSet<>(dependenciesInThisProject(module));
    used.removeAll(MODULE_MAY_USE.get(module));
    assertEquals(Set.of(), used, module + " depends on modules that it may not use");
  }

  @Test
  void theDependenciesOfAModuleAreReallyRead() throws Exception {
    assertEquals(Set.of("store-core"), dependenciesInThisProject("store-sync"));
    assertEquals(
        Set.of("store-core", "store-sync", "store-cache"), dependenciesInThisProject("store-cli"));
  }

  private static Set<String> dependenciesInThisProject(String module)
      throws IOException, ParserConfigurationException, SAXException {
    Path pom = Path.of("..", module, "pom.xml"); // tests run in their module's folder
    NodeList dependencies =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(pom.toFile())
            .getElementsByTagName("dependency");
    Set<String> names = new TreeSet<>();
    for (int i = 0; i < dependencies.getLength(); i++) {
      Element dependency = (Element) dependencies.item(i);
      if (text(dependency, "groupId").equals("io.tophash")) {
        names.add(text(dependency, "artifactId"));
      }
    }
    return names;
  }

  private static String text(Element parent, String tag) {
    return parent.getElementsByTagName(tag).item(0).getTextContent().trim();
  }
}
