//! `/admin/floor-plans/{plan}`: the floor plan editor. With its script a plan is drawn; without it, it is a form with a row of fields for
//! each thing. Both are sent to the same address and kept by the same act.

pub mod fields;
pub mod rows;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use domain::floor_plan::{FeatureKind, FloorPlan, PlanFault, Shape};
use domain::language::Language;
use domain::permission::Permission;
use serde::Deserialize;
use ui::Shell;
use uuid::Uuid;
use web::can::{EventsRead, EventsWrite};
use web::{Fault, Locale, redirect};

use super::store::templates::{self as store, Template as Plan};
use super::{Refused, drawing, sent, template};
use crate::Desk;
use crate::staff::Member;
use crate::views::{self, Room};
use fields::Sent;
use rows::{Row, Rows};

/// What was done just before.
#[derive(Debug, Default, Deserialize)]
pub struct Done {
    #[serde(default)]
    done: String,
    #[serde(default)]
    #[expect(dead_code, reason = "the language switch adds it to every address")]
    lang: String,
}

/// What the page says of the form that led to it.
#[derive(Debug, Default)]
pub enum Said {
    /// Nothing: it was opened.
    #[default]
    Nothing,
    /// It is kept.
    Saved,
    /// Something was added, nothing is kept yet.
    Added,
    /// It can't be kept: parts of it need another look.
    Faults(Vec<PlanFault>),
    /// Somebody else has saved this plan meanwhile. Saving again puts this drawing in the place of theirs, which stays among the versions.
    Stale,
    /// It is no drawing.
    Unreadable,
}

impl Said {
    const fn code(&self) -> &'static str {
        match self {
            Self::Nothing => "",
            Self::Saved => "saved",
            Self::Added => "added",
            Self::Faults(_) => "faults",
            Self::Stale => "stale",
            Self::Unreadable => "unreadable",
        }
    }

    const fn status(&self) -> StatusCode {
        match self {
            Self::Nothing | Self::Saved | Self::Added => StatusCode::OK,
            Self::Stale => StatusCode::CONFLICT,
            Self::Faults(_) | Self::Unreadable => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }
}

#[derive(Template)]
#[template(path = "venue/editor.html")]
struct EditorPage {
    shell: Shell,
    styles: [String; 2],
    script: String,
    csrf: String,
    action: String,
    versions: String,
    version: i32,
    archived: bool,
    may_write: bool,
    said: &'static str,
    problem: String,
    /// Every fault as the script reads it: path and sentence.
    faults: String,
    /// The plan as JSON.
    json: String,
    /// Where something stands, with the script's own blanks.
    place_words: String,
    picture: String,
    width: i32,
    height: i32,
    background: String,
    rows: Rows,
    /// Key and name of each room.
    rooms: Vec<(String, String)>,
    /// Code and word of each shape, and of each kind of feature.
    shapes: Vec<(&'static str, String)>,
    kinds: Vec<(&'static str, String)>,
}

impl EditorPage {
    /// A row that the script fills in.
    fn blank(&self, list: &str) -> Row {
        Row::blank(list)
    }
}

/// The editor of a plan.
pub async fn open(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<EventsRead>,
    plan: Path<Uuid>,
    done: Query<Done>,
) -> Result<HttpResponse, Fault> {
    let plan = find(&desk, *plan).await?;
    let said = if done.done.is_empty() { Said::Nothing } else { Said::Saved };
    render(&desk, &request, locale, &member, &plan, &plan.drawing, said)
}

/// Keeps what was drawn as the next version, or shows it again with what is wrong.
pub async fn save(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<EventsWrite>,
    plan: Path<Uuid>,
    sent: sent::Sent,
) -> Result<HttpResponse, Fault> {
    let plan = find(&desk, *plan).await?;
    let again = |drawing: &FloorPlan, said| render(&desk, &request, locale, &member, &plan, drawing, said);
    let drawing = match fields::read(&sent.fields, Uuid::now_v7) {
        Sent::Keep(drawing) => drawing,
        Sent::Again(drawing) => return again(&drawing, Said::Added),
        Sent::Unreadable => return again(&plan.drawing, Said::Unreadable),
    };
    let made_from = sent.field("version").parse().unwrap_or_default();
    match template::draw(&desk, &member.actor(), plan.id, made_from, &drawing).await {
        Ok(_) => Ok(redirect::see_other(&format!("/admin/floor-plans/{}?done=saved", plan.id))),
        Err(Refused::Faults(faults)) => again(&drawing, Said::Faults(faults)),
        Err(Refused::Fault(fault)) if fault.code() == "stale_version" => again(&drawing, Said::Stale),
        Err(Refused::Fault(fault)) => Err(fault),
    }
}

async fn find(desk: &Desk, plan: Uuid) -> Result<Plan, Fault> {
    let mut conn = desk.db.conn().await?;
    store::find(&mut conn, plan).await?.ok_or_else(Fault::not_found)
}

/// The page with a drawing, which may be another than the plan's latest version.
pub fn render<P>(
    desk: &Desk,
    request: &HttpRequest,
    locale: Locale,
    member: &Member<P>,
    plan: &Plan,
    drawing: &FloorPlan,
    said: Said,
) -> Result<HttpResponse, Fault> {
    let lang = locale.0;
    let faults: &[PlanFault] = if let Said::Faults(faults) = &said { faults } else { &[] };
    let told: Vec<_> = faults.iter().map(|fault| (&fault.path, rows::sentence(fault, lang))).collect();
    // The language switch leads to the page, not to where a form was sent.
    let shell = views::desk_shell(desk, request, locale, member, Room::FloorPlans, &plan.name)
        .at(&format!("/admin/floor-plans/{}", plan.id));
    let picture_title = shell.t1("floor-editor-picture-of", "name", &plan.name);
    let page = EditorPage {
        styles: ["admin.css", "floor-plan.css"].map(crate::assets::url),
        script: crate::assets::url("floor-editor.js"),
        csrf: member.csrf_token().to_owned(),
        action: format!("/admin/floor-plans/{}/drawing", plan.id),
        versions: format!("/admin/floor-plans/{}/versions", plan.id),
        version: plan.version,
        archived: plan.archived_at.is_some(),
        may_write: member.may(Permission::EventsWrite) && plan.archived_at.is_none(),
        said: said.code(),
        problem: problem(lang, &said),
        faults: serde_json::to_string(&told).map_err(Fault::internal)?,
        json: serde_json::to_string(drawing).map_err(Fault::internal)?,
        place_words: place_words(lang),
        picture: drawing::svg(drawing, &picture_title, lang)?,
        width: drawing.width,
        height: drawing.height,
        background: drawing.background.clone().unwrap_or_default(),
        rows: rows::of(drawing, faults, lang),
        rooms: drawing.rooms.iter().map(|room| (room.id.to_string(), room.name.clone())).collect(),
        shapes: Shape::ALL.map(|shape| (shape.code(), rows::shape(lang, shape))).to_vec(),
        kinds: FeatureKind::ALL.map(|kind| (kind.code(), drawing::kind(lang, kind))).to_vec(),
        shell,
    };
    views::private(said.status(), &page)
}

/// The sentence of a place, its figures left for the script to fill in.
fn place_words(lang: Language) -> String {
    let blanks: [(&'static str, &dyn ui::Argument); 5] =
        [("x", &"{x}"), ("y", &"{y}"), ("width", &"{width}"), ("height", &"{height}"), ("turn", &"{turn}")];
    ui::text(lang, "floor-editor-place", &blanks)
}

fn problem(lang: Language, said: &Said) -> String {
    match said {
        Said::Nothing | Said::Saved | Said::Added => String::new(),
        Said::Faults(_) | Said::Stale | Said::Unreadable => {
            ui::text(lang, &format!("floor-editor-problem-{}", said.code()), &[])
        }
    }
}
