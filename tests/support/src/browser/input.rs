//! What a user does: mouse, finger and keyboard.

use std::time::Duration;

use fantoccini::Locator;
use fantoccini::actions::{
    InputSource, KeyAction, KeyActions, MOUSE_BUTTON_LEFT, MouseActions, PointerAction, TouchActions,
};

use super::{Browser, PATIENCE};

impl Browser {
    /// Clicks the element as a user would.
    pub async fn click(&self, selector: &str) {
        let element = self.client.wait().at_most(PATIENCE).for_element(Locator::Css(selector));
        let element = self.ask(&format!("find {selector}"), element).await;
        self.ask(&format!("click {selector}"), element.click()).await;
    }

    /// Clicks in the middle of what an expression of the page gives, as a user would.
    pub async fn click_at(&self, expression: &str) {
        self.drag(expression, expression).await;
    }

    /// Presses in the middle of what one expression gives, and releases in the middle of what another gives.
    pub async fn drag(&self, from: &str, to: &str) {
        let mouse = MouseActions::new("mouse".to_owned())
            .then(self.middle_of(from, None).await)
            .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
            .then(self.middle_of(to, (from != to).then_some(Duration::from_millis(100))).await)
            .then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
        self.ask(&format!("drag {from} to {to}"), self.client.perform_actions(mouse)).await;
    }

    /// Taps in the middle of what an expression of the page gives, with a finger.
    pub async fn tap(&self, expression: &str) {
        let finger = TouchActions::new("finger".to_owned())
            .then(self.middle_of(expression, None).await)
            .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
            .then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
        self.ask(&format!("tap {expression}"), self.client.perform_actions(finger)).await;
    }

    /// Accepts the alert that the page has opened; its text.
    pub async fn accept_alert(&self) -> String {
        let text = self.ask("the text of the alert", self.client.get_alert_text()).await;
        self.ask("accept the alert", self.client.accept_alert()).await;
        text
    }

    /// The way to the middle of what an expression gives.
    async fn middle_of(&self, expression: &str, duration: Option<Duration>) -> PointerAction {
        let middle = format!(
            "const box = {expression}.getBoundingClientRect();
             return [box.x + box.width / 2, box.y + box.height / 2]"
        );
        let middle = self.run(&middle, &[]).await;
        let place = |at: usize| middle[at].as_f64().unwrap_or_default().round();
        PointerAction::MoveTo { duration, x: place(0), y: place(1) }
    }

    /// Types into the element as a user would.
    pub async fn type_into(&self, selector: &str, text: &str) {
        let element = self.client.wait().at_most(PATIENCE).for_element(Locator::Css(selector));
        let element = self.ask(&format!("find {selector}"), element).await;
        self.ask(&format!("type into {selector}"), element.send_keys(text)).await;
    }

    /// Presses a key where the focus is, as a user would.
    pub async fn press(&self, value: char) {
        let keys = [KeyAction::Down { value }, KeyAction::Up { value }];
        let keys = keys.into_iter().fold(KeyActions::new("keyboard".to_owned()), InputSource::then);
        self.ask("press a key", self.client.perform_actions(keys)).await;
    }
}
