package io.tophash.core.testing;

import io.tophash.core.LongHashStore.LongLongVisitor;
import io.tophash.core.LongLongConsumer;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** Calls every public method of a store of longs, so that a new method is covered at once. */
public final class ApiCalls {
  private ApiCalls() {}

  /** The public methods of the type and what it inherits, without those of {@link Object}. */
  public static List<Method> methods(Class<?> type) {
    List<Method> methods = new ArrayList<>();
    for (Method method : type.getMethods()) {
      if (method.getDeclaringClass() != Object.class
          && !Modifier.isStatic(method.getModifiers())
          && !method.isBridge()) {
        methods.add(method);
      }
    }
    methods.sort(Comparator.comparing(Method::toString));
    return methods;
  }

  /** Calls the method with harmless arguments; throws what it throws. */
  public static Object call(Object store, Method method) throws Throwable {
    Class<?>[] types = method.getParameterTypes();
    Object[] arguments = new Object[types.length];
    for (int i = 0; i < types.length; i++) {
      arguments[i] = argument(method, types[i]);
    }
    try {
      return method.invoke(store, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static Object argument(Method method, Class<?> type) {
    if (method.getName().equals("backup") && type == long.class) {
      return 0L; // there is none yet that could be brought up to date
    }
    if (type.getSimpleName().equals("ChangePosition")) {
      return null; // there is none in a store that logs nothing
    }
    return method.getName().equals("equals") ? Map.of(1L, 1L) : argument(type);
  }

  private static Object argument(Class<?> type) {
    if (type == Object.class || type == long.class) {
      return 1L;
    } else if (type == int.class) {
      return 0;
    } else if (type == long[].class) {
      return new long[1];
    } else if (type == Collection.class) {
      return List.of(1L);
    } else if (type == Map.class) {
      return Map.of(1L, 1L);
    } else if (type == ByteBuffer.class) {
      return ByteBuffer.allocate(64);
    } else if (type == MutableDirectBuffer.class || type == DirectBuffer.class) {
      return CallerBuffers.over(new byte[64]);
    } else if (type == Function.class) {
      return (Function<Object, Object>) key -> 1L;
    } else if (type == BiFunction.class) {
      return (BiFunction<Object, Object, Object>) (key, value) -> 1L;
    } else if (type == BiConsumer.class) {
      return (BiConsumer<Object, Object>) (key, value) -> {};
    } else if (type == BiPredicate.class) {
      return (BiPredicate<Object, Object>) (key, value) -> true;
    } else if (type == LongLongConsumer.class) {
      return (LongLongConsumer) (key, value) -> {};
    } else if (type == LongLongVisitor.class) {
      return (LongLongVisitor) (key, value) -> true;
    }
    if (type == Path.class) {
      return newPath();
    }
    Object constant = constant(type);
    if (constant != null) {
      return constant;
    }
    throw new AssertionError("teach this class an argument of type " + type.getName());
  }

  /** A constant of the type that the type itself has; null if there is none. */
  private static Object constant(Class<?> type) {
    for (Field field : type.getFields()) {
      if (field.getType() == type && Modifier.isStatic(field.getModifiers())) {
        try {
          return field.get(null);
        } catch (IllegalAccessException e) {
          throw new AssertionError(e);
        }
      }
    }
    return null;
  }

  /** Where a file can be made; it goes with the JVM. */
  private static Path newPath() {
    Path path = Path.of(System.getProperty("java.io.tmpdir"), "tophash-" + UUID.randomUUID());
    path.toFile().deleteOnExit();
    path.resolveSibling(path.getFileName() + ".lock").toFile().deleteOnExit();
    return path;
  }
}
