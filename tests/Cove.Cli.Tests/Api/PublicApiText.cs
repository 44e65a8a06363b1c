using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Cove.Cli.Tests.Api;

/// <summary>A library's public surface as text: a paragraph a type, a line a member, in one order, so that a change of it shows in a diff.</summary>
internal static class PublicApiText
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static string Of(Assembly library)
    {
        var text = new StringBuilder();
        foreach (var type in library.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            if (text.Length > 0) text.Append('\n');
            text.Append(Head(type)).Append('\n');
            foreach (var line in Members(type).Order(StringComparer.Ordinal)) text.Append("    ").Append(line).Append('\n');
        }

        return text.ToString();
    }

    private static string Head(Type type)
    {
        if (typeof(Delegate).IsAssignableFrom(type)) return $"delegate {Method(type.GetMethod("Invoke")!, type.FullName!)}";
        var kind = type switch
        {
            { IsEnum: true } => "enum",
            { IsInterface: true } => "interface",
            { IsValueType: true } => IsReadOnly(type) ? "readonly struct" : "struct",
            { IsAbstract: true, IsSealed: true } => "static class",
            { IsSealed: true } => "sealed class",
            { IsAbstract: true } => "abstract class",
            _ => "class",
        };
        var parents = type.GetInterfaces().Except(type.BaseType?.GetInterfaces() ?? []).Where(parent => parent.IsVisible).Select(Name).Order(StringComparer.Ordinal).ToList();
        if (type.IsClass && type.BaseType is { } parentClass && parentClass != typeof(object)) parents.Insert(0, Name(parentClass));
        return $"{kind} {type.Namespace}.{Name(type)}" + (parents.Count == 0 || type.IsEnum ? "" : " : " + string.Join(", ", parents));
    }

    private static bool IsReadOnly(Type type) => type.GetCustomAttribute<IsReadOnlyAttribute>() is not null;

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum) return Enum.GetNames(type).Select(name => $"{name} = {Convert.ToInt64(Enum.Parse(type, name), null)}");
        if (typeof(Delegate).IsAssignableFrom(type)) return [];
        return type.GetConstructors(Declared).Where(IsSeen).Select(made => $"{Access(made)}new({Parameters(made)})")
            .Concat(type.GetFields(Declared).Where(field => field.IsPublic || field.IsFamily)
                .Select(field => $"{(field.IsLiteral ? "const " : field.IsStatic ? "static " : "")}{(field.IsInitOnly ? "readonly " : "")}{Name(field.FieldType)} {field.Name}"))
            .Concat(type.GetProperties(Declared).Where(property => property.GetAccessors(nonPublic: true).Any(IsSeen)).Select(Property))
            .Concat(type.GetEvents(Declared).Where(e => IsSeen(e.AddMethod!)).Select(e => $"event {Name(e.EventHandlerType!)} {e.Name}"))
            .Concat(type.GetMethods(Declared).Where(IsSeen).Where(IsWritten)
                .Select(method => $"{Access(method)}{(method.IsStatic ? "static " : method.IsAbstract && !type.IsInterface ? "abstract " : "")}{Method(method, method.Name)}"));
    }

    private static bool IsSeen(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    // Neither accessors nor what the compiler adds to records: a reader of the list knows them from the properties.
    private static bool IsWritten(MethodInfo method) =>
        !(method.IsSpecialName && !method.Name.StartsWith("op_", StringComparison.Ordinal))
        && method.GetCustomAttribute<CompilerGeneratedAttribute>() is null
        && !method.Name.Contains('<', StringComparison.Ordinal) && method.Name != "PrintMembers";

    private static string Access(MethodBase method) => method.IsPublic ? "" : "protected ";

    private static string Property(PropertyInfo property)
    {
        var accessors = property.GetAccessors(nonPublic: true).Where(IsSeen).ToList();
        var set = accessors.Find(accessor => accessor == property.SetMethod);
        var how = (accessors.Contains(property.GetMethod!) ? "get; " : "")
            + (set is null ? "" : set.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? "init; " : "set; ");
        var index = property.GetIndexParameters() is { Length: > 0 } parameters ? $"[{string.Join(", ", parameters.Select(Parameter))}]" : "";
        return $"{(accessors[0].IsStatic ? "static " : "")}{Name(property.PropertyType)} {(index.Length > 0 ? "this" : property.Name)}{index} {{ {how}}}";
    }

    private static string Method(MethodInfo method, string name)
    {
        var generic = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "";
        return $"{Name(method.ReturnType)} {name}{generic}({Parameters(method)})";
    }

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(Parameter));

    private static string Parameter(ParameterInfo parameter)
    {
        var how = parameter.IsOut ? "out " : parameter.IsIn ? "in " : parameter.ParameterType.IsByRef ? "ref " : parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "";
        return $"{how}{Name(parameter.ParameterType)} {parameter.Name}{(parameter.HasDefaultValue ? " = " + (parameter.RawDefaultValue ?? "default") : "")}";
    }

    private static string Name(Type type)
    {
        if (type.IsByRef) return Name(type.GetElementType()!);
        if (type.IsArray) return Name(type.GetElementType()!) + "[]";
        if (Nullable.GetUnderlyingType(type) is { } value) return Name(value) + "?";
        var own = type.Name.Split('`')[0];
        if (type.IsNested && !type.IsGenericParameter) own = $"{Name(type.DeclaringType!)}.{own}";
        return type.IsGenericType && type.GetGenericArguments() is { Length: > 0 } arguments && type.Name.Contains('`', StringComparison.Ordinal)
            ? $"{own}<{string.Join(", ", arguments.Select(Name))}>"
            : own;
    }
}
