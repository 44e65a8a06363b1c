using Cove.Hosting.Errors;

namespace Cove.KeyService.Access;

/// <summary>The errors of the role operations.</summary>
internal static class RoleErrors
{
    public static ServiceException DefinitionNotFound(Guid name) => new(404, "RoleDefinitionNotFound", $"The role definition {name} was not found.");

    public static ServiceException DefinitionInUse(Guid name) => new(409, "RoleDefinitionHasAssignments", $"The role definition {name} is assigned; remove its assignments first.");

    public static ServiceException AssignmentNotFound(Guid name) => new(404, "RoleAssignmentNotFound", $"The role assignment {name} was not found at this scope.");

    public static ServiceException AssignmentExists() => new(409, "RoleAssignmentExists", "The role assignment already exists.");

    public static ServiceException NotAssignable(RoleAssignment assignment)
        => new(400, "BadParameter", $"There is no role definition {assignment.Role} that can be assigned at {assignment.Scope}.");

    public static ServiceException BuiltIn(Guid name) => new(400, "BadParameter", $"The role definition {name} is built in and stays as it is.");
}
