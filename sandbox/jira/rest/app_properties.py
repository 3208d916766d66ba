"""Properties of the app itself (Connect), which conditions of the descriptor may read."""

from sandbox.jira.rest.protocol import Call, Reply, operation

ROOT = "/rest/atlassian-connect/1/addons/<app>/properties"


@operation("AddonPropertiesResource.getAddonProperties_get", "GET", ROOT, scope="NONE")
def keys(call: Call, app: str) -> Reply:
    """Which properties the app has."""
    if app != call.installation.app_key:
        return _message(404, f"No app {app} is installed.")
    base = f"{call.site.base_url}/rest/atlassian-connect/1/addons/{app}/properties"
    return Reply({"keys": [{"key": key, "self": f"{base}/{key}"} for key in call.installation.app_properties]})


@operation("AddonPropertiesResource.getAddonProperty_get", "GET", f"{ROOT}/<key>", scope="NONE")
def one(call: Call, app: str, key: str) -> Reply:
    """A property's value."""
    if app != call.installation.app_key or key not in call.installation.app_properties:
        return _message(404, f"Property with key {key} not found.")
    return Reply({"key": key, "value": call.installation.app_properties[key]})


@operation("AddonPropertiesResource.putAddonProperty_put", "PUT", f"{ROOT}/<key>", scope="NONE")
def put(call: Call, app: str, key: str) -> Reply:
    """201 for a new property, 200 for one that was there."""
    if app != call.installation.app_key:
        return _message(401, "Only the app itself may set its properties.")
    is_new = key not in call.installation.app_properties
    call.installation.app_properties[key] = call.body
    return _message(201 if is_new else 200, f"Property {'created' if is_new else 'updated'}.")


@operation("AddonPropertiesResource.deleteAddonProperty_delete", "DELETE", f"{ROOT}/<key>", scope="NONE")
def delete(call: Call, app: str, key: str) -> Reply:
    """404 where it is not there."""
    if app != call.installation.app_key or key not in call.installation.app_properties:
        return _message(404, f"Property with key {key} not found.")
    del call.installation.app_properties[key]
    return Reply(status=204)


def _message(status: int, text: str) -> Reply:
    return Reply({"message": text, "statusCode": status}, status=status)
